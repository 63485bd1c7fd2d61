package dev.trainyard.gateway.jobs;

import dev.trainyard.gateway.outbox.Outbox;
import dev.trainyard.job.FailureCode;
import dev.trainyard.job.JobState;
import dev.trainyard.job.JobStatus;
import dev.trainyard.job.TransitionReason;
import dev.trainyard.message.Topics;
import dev.trainyard.message.TrainControl;
import dev.trainyard.message.TrainJob;
import dev.trainyard.message.Versioned;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Stores state transitions of a locked job with its history and the resulting messages. */
final class Transitions {
    private Transitions() {}

    /** Stores a terminal state; the caller holds the row lock and has checked that the job had not ended. */
    static void end(
            Handle handle,
            JobRow job,
            JobState.Terminal to,
            TransitionReason reason,
            @Nullable FailureCode code,
            @Nullable String detail) {
        handle.createUpdate("""
                        update job set status = :status, token = null, lease_expires_at = null, eta_seconds = null,
                            pace = samples_per_second, samples_per_second = null, failure_code = :code,
                            failure_message = :detail, ended_at = now(), updated_at = now()
                        where key = :key
                        """)
                .bind("status", to.status().wireName())
                .bind("code", code == null ? null : code.name().toLowerCase(Locale.ROOT))
                .bind("detail", code == null ? null : detail)
                .bind("key", job.key())
                .execute();
        record(handle, job, to, reason, detail);
        Callbacks.ended(handle, job.key());
        JobListeners.ended(handle, job, to);
    }

    /**
     * Queues the next attempt of a job, which continues after its newest checkpoint.
     *
     * @param pause time until it may be handed out
     */
    static void requeue(
            Handle handle,
            JobRow job,
            JobState.Queued to,
            RetryPolicy.FailureCounts failureCounts,
            TransitionReason reason,
            @Nullable String detail,
            Duration pause) {
        boolean waiting = JobDependencies.refresh(handle, job.key());
        handle.createUpdate("""
                        update job set status = :status, attempt = :attempt, waiting = :waiting, token = null, last_sequence = -1,
                            worker = null, lease_expires_at = null, charged_attempts = :charged,
                            fruitless_deaths = :fruitless, current_epoch = :done,
                            progress = cast(:done as double precision) / greatest(epochs, 1), eta_seconds = null,
                            samples_per_second = null, progress_at = null,
                            queued_at = case when :keep then queued_at else now() + :pause * interval '1 ms' end,
                            dispatched_at = null, updated_at = now(),
                            ended_at = null, failure_code = null, failure_message = null
                        where key = :key
                        """)
                .bind("status", to.status().wireName())
                .bind("attempt", to.attempt())
                .bind("charged", failureCounts.chargedAttempts())
                .bind("fruitless", failureCounts.lossesWithoutProgress())
                .bind("done", job.epochsDone())
                .bind("pause", pause.toMillis())
                .bind("keep", reason.keepsQueuePosition())
                .bind("waiting", waiting)
                .bind("key", job.key())
                .execute();
        record(handle, job, to, reason, detail);
    }

    /** Lets a waiting job into the queue, at its end, because the jobs that it waited for have succeeded. */
    static void letThrough(Handle handle, JobRow job) {
        JobDependencies.refresh(handle, job.key());
        handle.createUpdate("update job set waiting = false, queued_at = now(), updated_at = now() where key = :key")
                .bind("key", job.key())
                .execute();
        record(handle, job, job.state(), TransitionReason.DEPENDENCIES_MET, null);
    }

    /** Returns the number of consecutive dispatches without a claim. */
    static int redispatched(Handle handle, UUID key) {
        return handle.createQuery("""
                        select count(*) from job_transition where job_key = :key and id > coalesce(
                            (select max(id) from job_transition where job_key = :key and reason <> :lost), 0)
                        """)
                .bind("key", key)
                .bind("lost", TransitionReason.DISPATCH_LOST.wireName())
                .mapTo(Integer.class)
                .one();
    }

    /** Tells the run with {@code token} that it no longer owns the job. */
    static void fence(Handle handle, UUID key, int attempt, UUID token) {
        Outbox.add(
                handle,
                Topics.TRAIN_CONTROL,
                key.toString(),
                new TrainControl(Versioned.CURRENT, key, attempt, token, TrainControl.Command.FENCED, Instant.now()));
    }

    /** Sends a job that no worker could process to the dead-letter topic. */
    static void deadLetter(Handle handle, JobRow job, String why) {
        TrainJob record = dispatch(job, EpochLog.read(handle, job.key()));
        Outbox.add(handle, Topics.TRAIN_JOBS_DEAD_LETTER, job.key().toString(), record, why);
    }

    /** The record of a job's present attempt, with what it has achieved so far. */
    static TrainJob dispatch(JobRow job, EpochLog log) {
        return new TrainJob(
                Versioned.CURRENT,
                job.key(),
                job.attempt(),
                job.config(),
                log.checkpoints(),
                log.history(),
                Instant.now(),
                job.holdAfterEpoch());
    }

    /** Pauses a job until its owner resumes it, or until it is promoted. */
    static void pause(Handle handle, JobRow job, JobState.Paused to, TransitionReason reason) {
        handle.createUpdate("""
                        update job set status = :status, token = null, lease_expires_at = null, eta_seconds = null,
                            samples_per_second = null, updated_at = now()
                        where key = :key
                        """)
                .bind("status", to.status().wireName())
                .bind("key", job.key())
                .execute();
        record(handle, job, to, reason, null);
    }

    /** Data of a {@code status} event. */
    record StatusEvent(
            JobStatus from,
            JobStatus to,
            int attempt,
            TransitionReason reason,
            @Nullable String detail,
            String worker) {}

    static void record(Handle handle, JobRow job, JobState to, TransitionReason reason, @Nullable String detail) {
        handle.createUpdate("""
                        insert into job_transition (job_key, from_status, to_status, attempt, reason, detail, worker)
                        values (:key, :from, :to, :attempt, :reason, :detail, :worker)
                        """)
                .bind("key", job.key())
                .bind("from", job.state().status().wireName())
                .bind("to", to.status().wireName())
                .bind("attempt", to.attempt())
                .bind("reason", reason.wireName())
                .bind("detail", detail)
                .bind("worker", job.worker())
                .execute();
        JobEvents.add(
                handle,
                job.key(),
                JobEvents.STATUS,
                new StatusEvent(job.state().status(), to.status(), to.attempt(), reason, detail, job.worker()));
    }
}
