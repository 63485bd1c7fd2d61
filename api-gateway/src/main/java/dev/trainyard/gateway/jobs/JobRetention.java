package dev.trainyard.gateway.jobs;

import dev.trainyard.job.JobState;
import dev.trainyard.job.TransitionReason;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** Deletes expired data of jobs. Each method does one batch. */
@Singleton
public final class JobRetention {
    private final Jdbi jdbi;
    private final JobsChanged jobsChanged;

    public JobRetention(Jdbi jdbi, JobsChanged jobsChanged) {
        this.jdbi = jdbi;
        this.jobsChanged = jobsChanged;
    }

    /**
     * Deletes jobs that ended longer ago than {@code age}, with their epochs, transitions and events. A job stays while
     * something needs it: a version that it published, a verification of it, a job that waits for it, a callback, or an
     * unsent record.
     */
    public int deleteEnded(Duration age, int maxRows) {
        return jdbi.inTransaction(handle -> {
            List<UUID> keys = handle.createQuery("""
                            select key from job j
                            where ended_at < now() - :age * interval '1 ms' and unpublished_model is null
                                and not exists (select 1 from model_version m
                                    where m.job_key = j.key and m.deleted_at is null)
                                and not exists (select 1 from job other where other.verifies = j.key)
                                and not exists (select 1 from job_dependency d join job w on w.key = d.job_key
                                    where d.depends_on = j.key and not d.succeeded and w.ended_at is null)
                                and not exists (select 1 from callback c where c.job_key = j.key)
                                and not exists (select 1 from outbox o where o.record_key = cast(j.key as text))
                            order by ended_at limit :maxRows for update skip locked
                            """)
                    .bind("age", age.toMillis())
                    .bind("maxRows", maxRows)
                    .mapTo(UUID.class)
                    .list();
            if (keys.isEmpty()) {
                return 0;
            }
            // the metadata of a deleted version has the job's key and configuration
            handle.createUpdate("update model_version set job_key = null where job_key = any(:keys)")
                    .bindArray("keys", UUID.class, keys)
                    .execute();
            return handle.createUpdate("delete from job where key = any(:keys)")
                    .bindArray("keys", UUID.class, keys)
                    .execute();
        });
    }

    /** Deletes the events of jobs that outlive {@link #deleteEnded} because their model is in use. */
    public int deleteEventsOfEnded(Duration age, int maxRows) {
        return jdbi.withHandle(handle -> handle.createUpdate("""
                        delete from job_event where job_key in (
                            select key from job j
                            where ended_at < now() - :age * interval '1 ms'
                                and exists (select 1 from job_event e where e.job_key = j.key)
                            order by ended_at limit :maxRows)
                        """)
                .bind("age", age.toMillis())
                .bind("maxRows", Math.max(1, maxRows / 10))
                .execute());
    }

    /**
     * Keeps only the newest events of jobs that have not ended, because their owner may pause and resume them without
     * limit.
     */
    public int deleteOldEvents(int kept, int maxRows) {
        return jdbi.withHandle(handle -> handle.createUpdate("""
                        delete from job_event where (job_key, id) in (
                            select e.job_key, e.id from job j join job_event e on e.job_key = j.key
                            where j.status in ('queued', 'training_in_progress', 'paused') and j.last_event_id > :kept
                                and e.id <= j.last_event_id - :kept
                            limit :maxRows)
                        """)
                .bind("kept", kept)
                .bind("maxRows", maxRows)
                .execute());
    }

    /**
     * Like {@link #deleteOldEvents}, for transitions; each transition has an event, so the event limit bounds them too.
     */
    public int deleteOldTransitions(int kept, int maxRows) {
        return jdbi.withHandle(handle -> handle.createUpdate("""
                        delete from job_transition where (job_key, id) in (
                            select t.job_key, t.id from job j
                            join lateral (select id from job_transition where job_key = j.key
                                order by id desc offset :kept limit 1) bound on true
                            join job_transition t on t.job_key = j.key and t.id <= bound.id
                            where j.status in ('queued', 'training_in_progress', 'paused') and j.last_event_id > :kept
                            limit :maxRows)
                        """)
                .bind("kept", kept)
                .bind("maxRows", maxRows)
                .execute());
    }

    /** Cancels jobs that were paused for longer than {@code age}; nothing else would ever end them. */
    public int cancelPaused(Duration age, int maxRows) {
        int cancelled = jdbi.inTransaction(handle -> {
            List<JobRow> paused = JobRow.lockAvailable(
                    handle,
                    "key in (select key from job where status = 'paused' "
                            + "and updated_at < now() - :age * interval '1 ms' limit :maxRows) and status = 'paused'",
                    Map.of("age", age.toMillis(), "maxRows", maxRows));
            paused.forEach(job -> cancel(handle, job, age));
            return paused.size();
        });
        if (cancelled > 0) {
            jobsChanged.run();
        }
        return cancelled;
    }

    private static void cancel(Handle handle, JobRow job, Duration age) {
        JobState.Paused paused = (JobState.Paused) job.state();
        String detail = "it was paused for longer than paused jobs are kept (%s)".formatted(age);
        Transitions.end(handle, job, paused.cancel(), TransitionReason.PAUSED_TOO_LONG, null, detail);
    }

    /**
     * Deletes callbacks of jobs that ended longer ago than {@code age}; they remain if the gateway may no longer send
     * callbacks.
     */
    public int deleteCallbacks(Duration age, int maxRows) {
        return jdbi.withHandle(handle -> handle.createUpdate("""
                        delete from callback where id in (
                            select c.id from callback c join job j on j.key = c.job_key
                            where j.ended_at < now() - :age * interval '1 ms' limit :maxRows)
                        """)
                .bind("age", age.toMillis())
                .bind("maxRows", maxRows)
                .execute());
    }

    /** Deletes idempotency keys that have expired. */
    public int deleteIdempotencyKeys(Duration age, int maxRows) {
        return jdbi.withHandle(handle -> IdempotencyKeys.deleteOld(handle, age, maxRows));
    }
}
