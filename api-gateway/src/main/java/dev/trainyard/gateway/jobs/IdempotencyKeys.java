package dev.trainyard.gateway.jobs;

import dev.trainyard.gateway.permission.ProjectName;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/** Maps the {@code Idempotency-Key} of a submission to its job for a limited time. */
final class IdempotencyKeys {
    private static final String OLD = "created_at < now() - :age * interval '1 ms'";

    private IdempotencyKeys() {}

    /** Finds the earlier result and locks {@code key}, so that concurrent submissions create one job. */
    static Optional<JobStore.SubmitResult> find(Handle handle, JobStore.NewJob submission, Duration age) {
        String key = stored(submission);
        String bodyHash = submission.bodyHash();
        handle.createQuery("select pg_advisory_xact_lock(hashtextextended(:key, 0))")
                .bind("key", key)
                .mapToMap()
                .list();
        return handle.createQuery("select body_hash, job_key from idempotency_key where key = :key and not " + OLD)
                .bind("key", key)
                .bind("age", age.toMillis())
                .map((rs, context) -> rs.getString("body_hash").equals(bodyHash)
                        ? new JobStore.Stored(rs.getObject("job_key", UUID.class), true)
                        : (JobStore.SubmitResult) new JobStore.KeyReused())
                .findOne();
    }

    /** Stores {@code key}, replacing an expired entry. */
    static void store(Handle handle, JobStore.NewJob submission, UUID job) {
        handle.createUpdate("""
                        insert into idempotency_key (key, body_hash, job_key) values (:key, :hash, :job)
                        on conflict (key) do update set body_hash = excluded.body_hash, job_key = excluded.job_key,
                            created_at = now()
                        """)
                .bind("key", stored(submission))
                .bind("hash", submission.bodyHash())
                .bind("job", job)
                .execute();
    }

    private static String stored(JobStore.NewJob submission) {
        return ProjectName.qualify(submission.project(), Objects.requireNonNull(submission.idempotencyKey()));
    }

    static int deleteOld(Handle handle, Duration age, int maxRows) {
        return handle.createUpdate("delete from idempotency_key where key in (select key from idempotency_key where "
                        + OLD + " limit :maxRows)")
                .bind("age", age.toMillis())
                .bind("maxRows", maxRows)
                .execute();
    }
}
