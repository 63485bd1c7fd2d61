package dev.trainyard.gateway.training;

import dev.trainyard.gateway.outbox.Outbox;
import dev.trainyard.job.FailureCode;
import dev.trainyard.job.JobState;
import dev.trainyard.job.JobStatus;
import dev.trainyard.message.Topics;
import dev.trainyard.message.TrainControl;
import dev.trainyard.message.TrainJob;
import dev.trainyard.message.Versioned;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/** Writes a locked job's next state, its note in the history, and what Kafka must hear of it. */
final class Transitions {
    /** Reasons for which a job that waits is dispatched again and keeps its place in the queue. */
    private static final Set<String> KEEP_PLACE = Set.of(JobRules.DISPATCH_LOST, JobRules.RECORD_EXPIRED);

    private Transitions() {}

    /** Writes a terminal state; the caller holds the row's lock and saw it live. */
    static void end(Handle handle, JobRow job, JobState.Terminal to, String reason, FailureCode code, String detail) {
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
    }

    /** Puts a job back in the queue under its next attempt, to go on after its newest checkpoint. */
    static void requeue(
            Handle handle,
            JobRow job,
            JobState.Queued to,
            RetryPolicy.FailureCounts failureCounts,
            String reason,
            String detail,
            Duration pause) {
        String place = handle.createQuery("""
                        update job set status = :status, attempt = :attempt, token = null, last_sequence = -1,
                            worker = null, lease_expires_at = null, charged_attempts = :charged,
                            fruitless_deaths = :fruitless, current_epoch = :done,
                            progress = cast(:done as double precision) / greatest(epochs, 1), eta_seconds = null,
                            samples_per_second = null, progress_at = null,
                            queued_at = case when :keep then queued_at else now() + :pause * interval '1 ms' end,
                            updated_at = now(),
                            ended_at = null, failure_code = null, failure_message = null
                        where key = :key returning %s
                        """.formatted(QueuePositionSql.TEXT))
                .bind("status", to.status().wireName())
                .bind("attempt", to.attempt())
                .bind("charged", failureCounts.chargedAttempts())
                .bind("fruitless", failureCounts.lossesWithoutProgress())
                .bind("done", job.epochsDone())
                .bind("pause", pause.toMillis())
                .bind("keep", KEEP_PLACE.contains(reason))
                .bind("key", job.key())
                .mapTo(String.class)
                .one();
        record(handle, job, to, reason, detail);
        Outbox.addJob(handle, job.key().toString(), dispatch(handle, job, to.attempt()), place, pause);
    }

    /** How often in a row the job was dispatched again because nobody claimed it. */
    static int redispatched(Handle handle, UUID key) {
        return handle.createQuery("""
                        select count(*) from job_transition where job_key = :key and id > coalesce(
                            (select max(id) from job_transition where job_key = :key and reason <> 'dispatch_lost'), 0)
                        """).bind("key", key).mapTo(Integer.class).one();
    }

    /** Tells the run of {@code token} that another owns the job. */
    static void fence(Handle handle, UUID key, int attempt, UUID token) {
        Outbox.add(
                handle,
                Topics.TRAIN_CONTROL,
                key.toString(),
                new TrainControl(Versioned.CURRENT, key, attempt, token, TrainControl.Command.FENCED, Instant.now()));
    }

    /** Keeps a job that no worker could process where an operator finds it. */
    static void deadLetter(Handle handle, JobRow job, String why) {
        Outbox.add(
                handle, Topics.TRAIN_JOBS_DEAD_LETTER, job.key().toString(), dispatch(handle, job, job.attempt()), why);
    }

    static TrainJob dispatch(Handle handle, JobRow job, int attempt) {
        EpochLog log = EpochLog.read(handle, job.key());
        return new TrainJob(
                Versioned.CURRENT, job.key(), attempt, job.config(), log.checkpoints(), log.history(), Instant.now());
    }

    /** Keeps a job where it is until its owner resumes it. */
    static void pause(Handle handle, JobRow job, JobState.Paused to) {
        handle.createUpdate("""
                        update job set status = :status, token = null, lease_expires_at = null, eta_seconds = null,
                            samples_per_second = null, updated_at = now()
                        where key = :key
                        """)
                .bind("status", to.status().wireName())
                .bind("key", job.key())
                .execute();
        record(handle, job, to, "paused_by_client", null);
    }

    /** What clients hear of a change. */
    record StatusEvent(JobStatus from, JobStatus to, int attempt, String reason, String detail, String worker) {}

    static void record(Handle handle, JobRow job, JobState to, String reason, String detail) {
        handle.createUpdate("""
                        insert into job_transition (job_key, from_status, to_status, attempt, reason, detail, worker)
                        values (:key, :from, :to, :attempt, :reason, :detail, :worker)
                        """)
                .bind("key", job.key())
                .bind("from", job.state().status().wireName())
                .bind("to", to.status().wireName())
                .bind("attempt", to.attempt())
                .bind("reason", reason)
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
