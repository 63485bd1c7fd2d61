package dev.trainyard.gateway.jobs;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import dev.trainyard.artifact.FileArtifactStore;
import dev.trainyard.gateway.disk.DiskSpace;
import dev.trainyard.gateway.runtime.GatewaySettings;
import dev.trainyard.gateway.runtime.Transactions;
import dev.trainyard.job.JobState;
import dev.trainyard.job.TrainingConfig;
import dev.trainyard.job.TransitionReason;
import dev.trainyard.message.Topics;
import dev.trainyard.message.TrainJob;
import dev.trainyard.message.Versioned;
import dev.trainyard.message.WireJson;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** Stores submitted jobs. A job and its message to the trainers commit together. */
@Singleton
public final class JobStore {
    /** One statement, so one round trip and one commit. */
    private static final String SUBMIT = """
            with added as (
                insert into job (key, status, attempt, config, epochs, callback_url, verifies, last_event_id)
                values (:key, :status, :attempt, cast(:config as jsonb), :epochs, :callback, cast(:verifies as uuid), 1)
                returning number, queued_at),
            noted as (
                insert into job_transition (job_key, to_status, attempt, reason)
                values (:key, :status, :attempt, :reason)),
            event as (
                insert into job_event (job_key, id, type, data) values (:key, 1, 'status',
                    jsonb_build_object('to', cast(:status as text), 'attempt', cast(:attempt as integer), 'reason', cast(:reason as text))))
            insert into outbox (topic, record_key, value, place)
                select :topic, cast(:key as text), :message, %s from added
            """.formatted(QueuePositionSql.TEXT);

    private static final ObjectWriter SORTED = WireJson.mapper().writer().with(JsonNodeFeature.WRITE_PROPERTIES_SORTED);

    private final Jdbi jdbi;
    private final int queueLimit;
    private final JobsChanged jobsChanged;
    private final Supplier<Optional<String>> shortage;
    private final Duration keyAge;

    @Inject
    JobStore(
            @Identifier(Transactions.EDGE) Jdbi jdbi,
            JobsChanged jobsChanged,
            DiskSpace disk,
            GatewaySettings settings) {
        this(
                jdbi,
                settings.queue().limit(),
                jobsChanged,
                disk::shortage,
                settings.retention().idempotencyKeys());
    }

    /** Creates a store without a disk space check. */
    public JobStore(Jdbi jdbi, int queueLimit, JobsChanged jobsChanged) {
        this(jdbi, queueLimit, jobsChanged, Optional::empty, Duration.ofHours(24));
    }

    /**
     * @param shortage reason why new work is refused; empty while it is accepted
     * @param keyAge time for which idempotency keys are remembered
     */
    public JobStore(
            Jdbi jdbi, int queueLimit, JobsChanged jobsChanged, Supplier<Optional<String>> shortage, Duration keyAge) {
        this.shortage = shortage;
        this.keyAge = keyAge;
        this.jdbi = jdbi;
        this.queueLimit = queueLimit;
        this.jobsChanged = jobsChanged;
    }

    /**
     * A submitted training.
     *
     * @param callbackUrl called at the end of the job; null for none
     * @param verifies the finished job that is repeated; null for none
     * @param idempotencyKey identifies repeated submissions; null for none
     */
    public record NewJob(TrainingConfig config, String callbackUrl, UUID verifies, String idempotencyKey) {
        /** Hash that does not depend on field order and whitespace of the JSON. */
        String bodyHash() {
            try {
                String config = SORTED.writeValueAsString(WireJson.mapper().valueToTree(this.config));
                String body = "%s\n%s\n%s".formatted(config, callbackUrl, verifies);
                return FileArtifactStore.sha256(body.getBytes(StandardCharsets.UTF_8));
            } catch (JsonProcessingException e) {
                throw new IllegalStateException("a tree can be written", e);
            }
        }
    }

    /** Result of a submission. */
    public sealed interface SubmitResult {}

    /** The job is stored durably; {@code repeated} if an earlier submission with the same idempotency key stored it. */
    public record Stored(UUID key, boolean repeated) implements SubmitResult {}

    /** The idempotency key was used with another body. */
    public record KeyReused() implements SubmitResult {}

    /** The maximum number of jobs is waiting. */
    public record QueueFull(int limit) implements SubmitResult {}

    /** New work is refused because disk space is low. */
    public record DiskFull(String why) implements SubmitResult {}

    /** Returns the result of an earlier submission with the same idempotency key, if any. */
    public Optional<SubmitResult> findRepeated(NewJob job) {
        return job.idempotencyKey() == null
                ? Optional.empty()
                : jdbi.inTransaction(
                        handle -> IdempotencyKeys.find(handle, job.idempotencyKey(), job.bodyHash(), keyAge));
    }

    public SubmitResult submit(NewJob job) {
        SubmitResult submission = jdbi.inTransaction(handle -> submit(handle, job));
        jobsChanged.run();
        return submission;
    }

    /** Submits within the caller's transaction. */
    SubmitResult submit(Handle handle, NewJob job) {
        if (job.idempotencyKey() != null) {
            Optional<SubmitResult> known = IdempotencyKeys.find(handle, job.idempotencyKey(), job.bodyHash(), keyAge);
            if (known.isPresent()) {
                return known.get();
            }
        }
        Optional<String> tooLittle = shortage.get();
        if (tooLittle.isPresent()) {
            return new DiskFull(tooLittle.get());
        }
        if (waiting(handle) >= queueLimit) {
            return new QueueFull(queueLimit);
        }
        UUID key = UUID.randomUUID();
        insert(handle, key, job);
        if (job.idempotencyKey() != null) {
            IdempotencyKeys.store(handle, job.idempotencyKey(), job.bodyHash(), key);
        }
        return new Stored(key, false);
    }

    private long waiting(Handle handle) {
        return handle.createQuery(
                        "select count(*) from (select 1 from job where status = 'queued' limit :limit) waiting")
                .bind("limit", queueLimit)
                .mapTo(Long.class)
                .one();
    }

    private static void insert(Handle handle, UUID key, NewJob job) {
        JobState.Queued queued = JobState.Queued.first();
        TrainingConfig config = job.config();
        TrainJob message =
                new TrainJob(Versioned.CURRENT, key, queued.attempt(), config, List.of(), List.of(), Instant.now());
        handle.createUpdate(SUBMIT)
                .bind("key", key)
                .bind("status", queued.status().wireName())
                .bind("attempt", queued.attempt())
                .bind("reason", TransitionReason.SUBMITTED.wireName())
                .bind("config", new String(WireJson.write(config), StandardCharsets.UTF_8))
                .bind("epochs", config.trainArgs().epochs())
                .bind("callback", job.callbackUrl())
                .bind("verifies", job.verifies())
                .bind("topic", Topics.TRAIN_JOBS)
                .bind("message", WireJson.write(message))
                .execute();
    }
}
