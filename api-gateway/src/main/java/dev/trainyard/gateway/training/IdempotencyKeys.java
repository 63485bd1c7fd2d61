package dev.trainyard.gateway.training;

import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/** Which job an {@code Idempotency-Key} stands for, for some time. */
final class IdempotencyKeys {
    private static final String OLD = "created_at < now() - :age * interval '1 ms'";

    private IdempotencyKeys() {}

    /** Serialises submits of one key, so that two at once give one job. */
    static Optional<JobStore.SubmitResult> find(Handle handle, String key, String bodyHash, Duration age) {
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

    /** Replaces what is left of an older use. */
    static void keep(Handle handle, String key, String bodyHash, UUID job) {
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

    static int deleteOld(Handle handle, Duration age, int most) {
        return handle.createUpdate("delete from idempotency_key where key in (select key from idempotency_key where "
                        + OLD + " limit :most)")
                .bind("age", age.toMillis())
                .bind("most", most)
                .execute();
    }
}
