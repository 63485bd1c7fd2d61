package dev.trainyard.gateway.jobs;

import dev.trainyard.gateway.outbox.Outbox;
import dev.trainyard.job.EpochMetrics;
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
    private JobHolds() {}

    /**
     * Queues a held job again. It goes on after its newest checkpoint, and keeps its place in the queue, so that it is
     * handed out before jobs of its project and priority that were submitted later.
     *
     * @param nextHold epoch after which it pauses again; null if it runs to its end
     * @throws IllegalStateException if the job is not held
     */
    public static void promote(Handle handle, JobRow job, @Nullable Integer nextHold) {
        if (!job.isHeld() || !(job.state() instanceof JobState.Paused paused)) {
            throw new IllegalStateException("job %s is not held, it is %s".formatted(job.key(), job.state()));
        }
        if (nextHold != null && nextHold <= job.epochsDone()) {
            throw new IllegalArgumentException(
                    "job %s has done %d epochs and cannot be held after %d".formatted(job.key(), job.epochsDone(), nextHold));
        }
        handle.createUpdate("update job set hold_after_epoch = :hold where key = :key")
                .bind("hold", nextHold)
                .bind("key", job.key())
                .execute();
        Transitions.requeue(
                handle, job, paused.resume(), job.failureCounts(), TransitionReason.PROMOTED, null, Duration.ZERO);
    }

    /** Cancels a job that has not ended, and stops its worker. */
    public static void cancel(Handle handle, JobRow job, TransitionReason reason, @Nullable String detail) {
        if (job.state() instanceof JobState.Live live) {
            Transitions.end(handle, job, live.cancel(), reason, null, detail);
            command(handle, job, TrainControl.Command.CANCEL);
        }
    }

    /** Pauses the job if it is held after this epoch; an older worker, which knows no holds, is stopped. */
    static void epochEnded(Handle handle, JobRow job, EpochMetrics metrics) {
        if (job.isHeldAfter(metrics.epoch()) && job.state() instanceof JobState.Running run) {
            Transitions.pause(handle, job, run.pause(), TransitionReason.RUNG);
            command(handle, job, TrainControl.Command.PAUSE);
        }
        if (JobListeners.any(handle)) {
            JobListeners.epochEnded(handle, JobRow.read(handle, job.key()).orElseThrow(), metrics);
        }
    }

    static void command(Handle handle, JobRow job, TrainControl.Command command) {
        Outbox.add(
                handle,
                Topics.TRAIN_CONTROL,
                job.key().toString(),
                new TrainControl(Versioned.CURRENT, job.key(), job.attempt(), null, command, Instant.now()));
    }
}
