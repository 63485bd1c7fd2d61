package dev.trainyard.gateway.jobs;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import dev.trainyard.artifact.FileArtifactStore;
import dev.trainyard.gateway.audit.AuditAction;
import dev.trainyard.gateway.audit.AuditLog;
import dev.trainyard.gateway.audit.AuditedChange;
import dev.trainyard.gateway.disk.DiskSpace;
import dev.trainyard.gateway.permission.ProjectName;
import dev.trainyard.gateway.projects.JobQuotas;
import dev.trainyard.gateway.runtime.GatewaySettings;
import dev.trainyard.gateway.runtime.Transactions;
import dev.trainyard.job.JobPriority;
import dev.trainyard.job.JobState;
import dev.trainyard.job.JobStatus;
import dev.trainyard.job.Pools;
import dev.trainyard.job.TrainingConfig;
import dev.trainyard.job.TransitionReason;
import dev.trainyard.message.WireJson;
import dev.trainyard.tracing.TraceParent;
import dev.trainyard.validation.Violation;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.Update;
import org.jspecify.annotations.Nullable;

/**
 * Stores submitted jobs, which wait in the database until {@link JobDispatcher} hands them out. Gateways of the release
 * before write a record for the trainers together with the job, and leave {@code dispatched_at} to its default.
 */
@Singleton
public final class JobStore {
    /** Most pools in which the jobs of a project wait. */
    private static final int MOST_POOLS = 50;

    /** One statement, so one round trip and one commit. */
    private static final String SUBMIT = """
            with added as (
                insert into job (key, status, attempt, config, epochs, callback_url, verifies, last_event_id, priority, project,
                    dispatched_at, waiting, pool, traceparent,
                    hold_after_epoch, study, trial)
                values (:key, :status, :attempt, cast(:config as jsonb), :epochs, :callback, cast(:verifies as uuid), 1, :priority,
                    :project, null, :waiting, :pool, cast(:traceparent as text),
                    cast(:hold as integer), cast(:study as uuid), cast(:trial as integer))),
            noted as (
                insert into job_transition (job_key, to_status, attempt, reason)
                values (:key, :status, :attempt, :reason)),
            audited as (%s)
            insert into job_event (job_key, id, type, data) values (:key, 1, 'status',
                jsonb_build_object('to', cast(:status as text), 'attempt', cast(:attempt as integer), 'reason', cast(:reason as text)))
            """.formatted(AuditLog.INSERT);

    private static final ObjectWriter SORTED = WireJson.mapper().writer().with(JsonNodeFeature.WRITE_PROPERTIES_SORTED);

    private final Jdbi jdbi;
    private final QueueLimit queueLimit;
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
        this.queueLimit = new QueueLimit(queueLimit);
        this.jobsChanged = jobsChanged;
    }

    /**
     * A submitted training.
     *
     * @param callbackUrl called at the end of the job
     * @param verifies the finished job that is repeated
     * @param idempotencyKey identifies repeated submissions in the project
     * @param priority 0 to 100, higher first
     * @param after jobs that must have succeeded before it starts
     * @param pool of trainers that may run it
     * @param holdAfterEpoch epoch after which it pauses until it is promoted; null if it runs to its end
     * @param trial of a study; null for other jobs
     */
    public record NewJob(
            TrainingConfig config,
            @Nullable String callbackUrl,
            @Nullable UUID verifies,
            @Nullable String idempotencyKey,
            int priority,
            String project,
            List<UUID> after,
            String pool,
            @Nullable Integer holdAfterEpoch,
            @Nullable TrialOfStudy trial) {
        public NewJob {
            if (holdAfterEpoch != null && holdAfterEpoch < 1) {
                throw new IllegalArgumentException("a job is held after an epoch, not after " + holdAfterEpoch);
            }
        }

        /** A job that is no trial. */
        public NewJob(
                TrainingConfig config,
                @Nullable String callbackUrl,
                @Nullable UUID verifies,
                @Nullable String idempotencyKey,
                int priority,
                String project,
                List<UUID> after,
                String pool,
                @Nullable Integer holdAfterEpoch) {
            this(config, callbackUrl, verifies, idempotencyKey, priority, project, after, pool, holdAfterEpoch, null);
        }

        /** A job that runs to its end. */
        public NewJob(
                TrainingConfig config,
                @Nullable String callbackUrl,
                @Nullable UUID verifies,
                @Nullable String idempotencyKey,
                int priority,
                String project,
                List<UUID> after,
                String pool) {
            this(config, callbackUrl, verifies, idempotencyKey, priority, project, after, pool, null, null);
        }

        /** A job of the default pool that waits for no other. */
        public NewJob(
                TrainingConfig config,
                @Nullable String callbackUrl,
                @Nullable UUID verifies,
                @Nullable String idempotencyKey,
                int priority,
                String project) {
            this(config, callbackUrl, verifies, idempotencyKey, priority, project, List.of(), Pools.DEFAULT);
        }

        /** Such a job of normal priority of the project {@code default}. */
        public NewJob(
                TrainingConfig config,
                @Nullable String callbackUrl,
                @Nullable UUID verifies,
                @Nullable String idempotencyKey) {
            this(config, callbackUrl, verifies, idempotencyKey, JobPriority.NORMAL, ProjectName.DEFAULT);
        }

        /** Hash that does not depend on field order and whitespace of the JSON. */
        String bodyHash() {
            try {
                String config = SORTED.writeValueAsString(WireJson.mapper().valueToTree(this.config));
                // the release before hashed submissions without what follows
                String body = "%s\n%s\n%s".formatted(config, callbackUrl, verifies)
                        + (priority == JobPriority.NORMAL ? "" : "\n" + priority)
                        + (after.isEmpty() ? "" : "\n" + after)
                        + (pool.equals(Pools.DEFAULT) ? "" : "\n" + pool)
                        + (holdAfterEpoch == null ? "" : "\nhold " + holdAfterEpoch);
                return FileArtifactStore.sha256(body.getBytes(StandardCharsets.UTF_8));
            } catch (JsonProcessingException e) {
                throw new IllegalStateException("a tree can be written", e);
            }
        }
    }

    /** A trial by its number in its study. */
    public record TrialOfStudy(UUID study, int number) {}

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

    /** The jobs to wait for do not exist or can never succeed, or there are too many pools. */
    public record Unacceptable(List<Violation> violations) implements SubmitResult {}

    /** Returns the errors that only the database knows. */
    public List<Violation> errors(NewJob job) {
        return jdbi.withHandle(handle -> {
            List<Violation> errors = new ArrayList<>();
            if (!job.after().isEmpty()) {
                errors.addAll(JobDependencies.violations(
                        job.after(), JobDependencies.statuses(handle, job.project(), job.after())));
            }
            errors.addAll(poolErrors(handle, job.project(), job.pool()));
            return errors;
        });
    }

    /** Each pool of the queue costs the dispatcher time, so a client cannot invent any number of them. */
    private static List<Violation> poolErrors(Handle handle, String project, String pool) {
        if (pool.equals(Pools.DEFAULT)) {
            return List.of();
        }
        List<String> waiting = DispatchQueries.pools(handle, project);
        return waiting.contains(pool) || waiting.size() < MOST_POOLS
                ? List.of()
                : List.of(new Violation(
                        "/pool",
                        "jobs of this project wait in %d other pools, which is the limit; choose a pool that has trainers"
                                .formatted(waiting.size())));
    }

    /** Returns the result of an earlier submission with the same idempotency key, if any. */
    public Optional<SubmitResult> findRepeated(NewJob job) {
        return job.idempotencyKey() == null
                ? Optional.empty()
                : jdbi.inTransaction(handle -> IdempotencyKeys.find(handle, job, keyAge));
    }

    public SubmitResult submit(NewJob job) {
        SubmitResult submission = jdbi.inTransaction(handle -> submit(handle, job));
        jobsChanged.run();
        return submission;
    }

    /** Submits within the caller's transaction. */
    public SubmitResult submit(Handle handle, NewJob job) {
        if (job.idempotencyKey() != null) {
            Optional<SubmitResult> known = IdempotencyKeys.find(handle, job, keyAge);
            if (known.isPresent()) {
                return known.get();
            }
        }
        Optional<String> tooLittle = shortage.get();
        if (tooLittle.isPresent()) {
            return new DiskFull(tooLittle.get());
        }
        if (queueLimit.isReached(handle)) {
            return new QueueFull(queueLimit.jobs());
        }
        Map<UUID, JobStatus> dependencies =
                job.after().isEmpty() ? Map.of() : JobDependencies.statuses(handle, job.project(), job.after());
        List<Violation> errors = new ArrayList<>(JobDependencies.violations(job.after(), dependencies));
        errors.addAll(poolErrors(handle, job.project(), job.pool()));
        if (!errors.isEmpty()) {
            return new Unacceptable(errors);
        }
        boolean waiting = dependencies.values().stream().anyMatch(status -> status != JobStatus.SUCCEEDED);
        boolean mayBeSmaller = job.verifies() == null; // a verification repeats a job as it was
        JobQuotas.requireSubmit(handle, job.project(), job.config().trainArgs().epochs(), mayBeSmaller);
        UUID key = UUID.randomUUID();
        insert(handle, key, job, waiting);
        queueLimit.added();
        if (!job.after().isEmpty()) {
            JobDependencies.insert(handle, key, job.after(), dependencies);
        }
        if (job.idempotencyKey() != null) {
            IdempotencyKeys.store(handle, job, key);
        }
        return new Stored(key, false);
    }

    private static void insert(Handle handle, UUID key, NewJob job, boolean waiting) {
        JobState.Queued queued = JobState.Queued.first();
        TrainingConfig config = job.config();
        Update update = handle.createUpdate(SUBMIT);
        AuditedChange change = audited(key, job);
        // a study decides on its next trial in the transaction that ends another one, which may be anyone's request
        (job.trial() == null ? AuditLog.bind(update, change) : AuditLog.bindAsPlatform(update, change))
                .bind("key", key)
                .bind("status", queued.status().wireName())
                .bind("attempt", queued.attempt())
                .bind("reason", TransitionReason.SUBMITTED.wireName())
                .bind("config", new String(WireJson.write(config), StandardCharsets.UTF_8))
                .bind("epochs", config.trainArgs().epochs())
                .bind("callback", job.callbackUrl())
                .bind("verifies", job.verifies())
                .bind("project", job.project())
                .bind("priority", job.priority())
                .bind("waiting", waiting)
                .bind("pool", job.pool())
                .bind("traceparent", TraceParent.current())
                .bind("hold", job.holdAfterEpoch())
                .bind("study", job.trial() == null ? null : job.trial().study())
                .bind(
                        "trial",
                        job.trial() == null ? null : (Integer) job.trial().number())
                .execute();
    }

    /** Without the callback URL, which may have a secret. */
    private static AuditedChange audited(UUID key, NewJob job) {
        TrainingConfig config = job.config();
        if (job.verifies() != null) {
            return new AuditedChange(
                    AuditAction.JOB_VERIFY, key.toString(), job.project(), Map.of("verifies", job.verifies()));
        }
        AuditAction action =
                config.network().equals(TrainingConfig.IMPORTED) ? AuditAction.MODEL_IMPORT : AuditAction.JOB_SUBMIT;
        Map<String, Object> detail = new HashMap<>(Map.of("model", config.model(), "network", config.network()));
        if (job.trial() != null) {
            detail.put("study", job.trial().study());
            detail.put("trial", job.trial().number());
        }
        return new AuditedChange(action, key.toString(), job.project(), detail);
    }
}
