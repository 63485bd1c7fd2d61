package dev.trainyard.gateway.jobs;

import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Maps the {@code Idempotency-Key} of a submission to its job for a limited time. */
final class IdempotencyKeys {
    private static final String OLD = "created_at < now() - :age * interval '1 ms'";

    private IdempotencyKeys() {}

    /** Finds the earlier result and locks {@code key}, so that concurrent submissions create one job. */
    static Optional<JobStore.SubmitResult> find(Handle handle, @Nullable String key, String bodyHash, Duration age) {
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
    static void store(Handle handle, String key, String bodyHash, UUID job) {
        handle.createUpdate("""
                        insert into idempotency_key (key, body_hash, job_key) values (:key, :hash, :job)
                        on conflict (key) do update set body_hash = excluded.body_hash, job_key = excluded.job_key,
                            created_at = now()
                        """)
                .bind("key", key)
                .bind("hash", bodyHash)
                .bind("job", job)
                .execute();
    }

    static int deleteOld(Handle handle, Duration age, int maxRows) {
        return handle.createUpdate("delete from idempotency_key where key in (select key from idempotency_key where "
                        + OLD + " limit :maxRows)")
                .bind("age", age.toMillis())
                .bind("maxRows", maxRows)
                .execute();
    }
}
