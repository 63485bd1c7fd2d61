package dev.trainyard.gateway.jobs;

import dev.trainyard.gateway.permission.ProjectName;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Maps the {@code Idempotency-Key} of a submission to its job or study for a limited time. */
public final class IdempotencyKeys {
    private static final String OLD = "created_at < now() - :age * interval '1 ms'";

    private IdempotencyKeys() {}

    /**
     * An earlier submission with the same key.
     *
     * @param same false if its body was another one
     */
    public record Known(UUID id, boolean same) {}

    /** Finds the earlier result and locks {@code key}, so that concurrent submissions create one job. */
    static Optional<JobStore.SubmitResult> find(Handle handle, JobStore.NewJob submission, Duration age) {
        return find(
                        handle,
                        submission.project(),
                        Objects.requireNonNull(submission.idempotencyKey()),
                        submission.bodyHash(),
                        age)
                .map(known -> known.same() ? new JobStore.Stored(known.id(), true) : new JobStore.KeyReused());
    }

    /** Stores {@code key}, replacing an expired entry. */
    static void store(Handle handle, JobStore.NewJob submission, UUID job) {
        String key = Objects.requireNonNull(submission.idempotencyKey());
        store(handle, submission.project(), key, submission.bodyHash(), job, null);
    }

    /** As {@link #find(Handle, JobStore.NewJob, Duration)}, for any submission whose body has that hash. */
    public static Optional<Known> find(
            Handle handle, String project, String idempotencyKey, String bodyHash, Duration age) {
        String key = ProjectName.qualify(project, idempotencyKey);
        handle.createQuery("select pg_advisory_xact_lock(hashtextextended(:key, 0))")
                .bind("key", key)
                .mapToMap()
                .list();
        return handle.createQuery(
                        "select body_hash, coalesce(job_key, study) as id from idempotency_key where key = :key and not "
                                + OLD)
                .bind("key", key)
                .bind("age", age.toMillis())
                .map((rs, context) -> new Known(
                        rs.getObject("id", UUID.class),
                        rs.getString("body_hash").equals(bodyHash)))
                .findOne();
    }

    /** As {@link #store(Handle, JobStore.NewJob, UUID)}, for a study. */
    public static void storeStudy(Handle handle, String project, String idempotencyKey, String bodyHash, UUID study) {
        store(handle, project, idempotencyKey, bodyHash, null, study);
    }

    private static void store(
            Handle handle,
            String project,
            String idempotencyKey,
            String bodyHash,
            @Nullable UUID job,
            @Nullable UUID study) {
        handle.createUpdate("""
                        insert into idempotency_key (key, body_hash, job_key, study)
                        values (:key, :hash, cast(:job as uuid), cast(:study as uuid))
                        on conflict (key) do update set body_hash = excluded.body_hash, job_key = excluded.job_key,
                            study = excluded.study, created_at = now()
                        """)
                .bind("key", ProjectName.qualify(project, idempotencyKey))
                .bind("hash", bodyHash)
                .bind("job", job)
                .bind("study", study)
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
