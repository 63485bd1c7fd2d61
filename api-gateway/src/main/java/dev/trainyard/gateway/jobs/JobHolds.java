package dev.trainyard.gateway.jobs;

import dev.trainyard.gateway.outbox.Outbox;
import dev.trainyard.job.JobState;
import dev.trainyard.job.TransitionReason;
import dev.trainyard.message.Topics;
import dev.trainyard.message.TrainControl;
import dev.trainyard.message.Versioned;
import java.time.Duration;
import java.time.Instant;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Jobs that pause after an epoch of their submitter's choice, until they are promoted. All methods join the caller's
 * transaction, which has locked the job.
 */
public final class JobHolds {
    /**
     * Just before the first job that was queued after it. Its old time would give the same order, but the time for which
     * it was held would look like a time for which it waited for a trainer.
     */
    private static final String PLACE = """
            update job set queued_at = least(now(), (select other.queued_at - interval '1 microsecond' from job other
                where other.status = 'queued' and other.dispatched_at is null and not other.waiting
                    and other.pool = job.pool and other.project = job.project and other.priority = job.priority
                    and other.queued_at > job.queued_at
                order by other.queued_at limit 1))
            where key = :key
            """;

    private JobHolds() {}

    /**
     * Queues a held job again. It goes on after its newest checkpoint, and is handed out before the jobs of its project,
     * pool and priority that were queued after it. No quota is checked, as for a job whose worker was lost.
     *
     * @param nextHold epoch after which it pauses again; null if it runs to its end
     * @throws IllegalStateException if the job is not held
     */
    public static void promote(Handle handle, JobRow job, @Nullable Integer nextHold) {
        if (!job.isHeld() || !(job.state() instanceof JobState.Paused paused)) {
            throw new IllegalStateException("job %s is not held, it is %s".formatted(job.key(), job.state()));
        }
        if (nextHold != null && nextHold <= job.epochsDone()) {
            throw new IllegalArgumentException("job %s has done %d epochs and cannot be held after %d"
                    .formatted(job.key(), job.epochsDone(), nextHold));
        }
        handle.createUpdate("update job set hold_after_epoch = :hold where key = :key")
                .bind("hold", nextHold)
                .bind("key", job.key())
                .execute();
        Transitions.requeue(
                handle, job, paused.resume(), job.failureCounts(), TransitionReason.PROMOTED, null, Duration.ZERO);
        handle.createUpdate(PLACE).bind("key", job.key()).execute();
    }

    /** Cancels a job that has not ended, and stops its worker. */
    public static void cancel(Handle handle, JobRow job, TransitionReason reason, @Nullable String detail) {
        if (job.state() instanceof JobState.Live live) {
            Transitions.end(handle, job, live.cancel(), reason, null, detail);
            command(handle, job, TrainControl.Command.CANCEL);
        }
    }

    /** Pauses a running job. Its worker stops by itself; one of the release before, which knows no holds, is told to. */
    static void hold(Handle handle, JobRow job, JobState.Paused to) {
        Transitions.pause(handle, job, to, TransitionReason.RUNG);
        command(handle, job, TrainControl.Command.PAUSE);
    }

    static void command(Handle handle, JobRow job, TrainControl.Command command) {
        Outbox.add(
                handle,
                Topics.TRAIN_CONTROL,
                job.key().toString(),
                new TrainControl(Versioned.CURRENT, job.key(), job.attempt(), null, command, Instant.now()));
    }
}
