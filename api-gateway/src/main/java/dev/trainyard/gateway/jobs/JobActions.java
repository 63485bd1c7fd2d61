package dev.trainyard.gateway.jobs;

import dev.trainyard.gateway.audit.AuditLog;
import dev.trainyard.gateway.audit.AuditedChange;
import dev.trainyard.gateway.estimates.EtaEstimator;
import dev.trainyard.gateway.projects.JobQuotas;
import dev.trainyard.gateway.runtime.Transactions;
import dev.trainyard.job.JobPriority;
import dev.trainyard.job.JobState;
import dev.trainyard.job.JobStatus;
import dev.trainyard.job.TrainingConfig;
import dev.trainyard.job.TransitionReason;
import dev.trainyard.message.TrainControl;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * Actions on submitted jobs. The change, its message to the trainers and the returned state are of one transaction.
 */
@Singleton
public final class JobActions {
    private static final String HELD = "it is held after epoch %d until its study promotes it; cancel it to end it";
    private static final String NO_WEIGHTS = "only a job that succeeded and published its weights can be verified";

    private final Jdbi jdbi;
    private final JobStore store;
    private final JobsChanged jobsChanged;

    public JobActions(@Identifier(Transactions.EDGE) Jdbi jdbi, JobStore store, JobsChanged jobsChanged) {
        this.jdbi = jdbi;
        this.store = store;
        this.jobsChanged = jobsChanged;
    }

    /** Result of an action. */
    public sealed interface ActionResult {}

    /** The action was applied, or had no effect; {@code job} is the current state. */
    public record Applied(JobView job) implements ActionResult {}

    /** The job's state does not allow the action, for the reason {@code why}. */
    public record Refused(JobStatus status, String why) implements ActionResult {
        String sentence() {
            return "The job has status %s; %s.".formatted(status.wireName(), why);
        }
    }

    public record JobNotFound() implements ActionResult {}

    /** The job was submitted again as a new job. */
    public record Resubmitted(JobStore.SubmitResult submission) implements ActionResult {}

    /** What an action did, or would do, to one of many jobs. */
    sealed interface Effect {}

    record Changed(JobStatus to) implements Effect {}

    /** The job was already in the state that the action leads to. */
    record Unchanged(JobStatus status) implements Effect {}

    record NotAllowed(Refused refused) implements Effect {}

    /**
     * Runs an action on one job. Repeated cancels and pauses have no further effect; a worker of the job is notified
     * through the control topic.
     *
     * @param admission called before the job is queued for new work; throws if that is refused
     */
    public ActionResult perform(JobAction action, UUID key, Runnable admission) {
        ActionResult result = jdbi.inTransaction(handle -> {
            Optional<JobRow> job = JobRow.lock(handle, key);
            if (job.isEmpty()) {
                return new JobNotFound();
            }
            Effect effect = apply(handle, job.get(), action, admission);
            return effect instanceof NotAllowed not
                    ? not.refused()
                    : new Applied(JobQueries.find(handle, key, EtaEstimator.FROM_WORKER)
                            .orElseThrow());
        });
        if (result instanceof Applied) {
            jobsChanged.run();
        }
        return result;
    }

    /** Like {@link #perform}, without the job's view; the caller reports the change. Empty if there is no such job. */
    Optional<Effect> performQuietly(JobAction action, UUID key, Runnable admission) {
        return jdbi.inTransaction(handle -> JobRow.lock(handle, key).map(job -> apply(handle, job, action, admission)));
    }

    /** Returns what the action would do now. */
    Optional<Effect> preview(JobAction action, UUID key, Runnable admission) {
        return jdbi.inTransaction(handle -> JobRow.lock(handle, key).map(job -> {
            Effect effect = decide(handle, job, action);
            if (effect instanceof Changed && action.startsWork()) {
                admission.run();
                JobQuotas.requireRequeue(handle, JobQueries.project(handle, key));
            }
            return effect;
        }));
    }

    private static Effect decide(Handle handle, JobRow job, JobAction action) {
        JobStatus status = job.state().status();
        Optional<JobState> next = action.next(job.state());
        if (next.isEmpty()) {
            return new NotAllowed(new Refused(status, action.refusal()));
        }
        if (action == JobAction.RESUME && job.isHeld()) {
            return new NotAllowed(new Refused(status, HELD.formatted(job.epochsDone())));
        }
        Optional<DependencyRules.Dependency> broken =
                action.startsWork() ? JobDependencies.broken(handle, job.key()) : Optional.empty();
        if (broken.isPresent()) {
            return new NotAllowed(
                    new Refused(status, "it waits for " + broken.get().problem()));
        }
        return next.get().equals(job.state())
                ? new Unchanged(status)
                : new Changed(next.get().status());
    }

    private static Effect apply(Handle handle, JobRow job, JobAction action, Runnable admission) {
        Effect effect = decide(handle, job, action);
        if (!(effect instanceof Changed)) {
            return effect;
        }
        if (action.startsWork()) {
            admission.run();
        }
        JobState next = action.next(job.state()).orElseThrow();
        switch (action) {
            case CANCEL -> {
                JobState.Terminal end = (JobState.Terminal) next;
                Transitions.end(handle, job, end, TransitionReason.CANCELLED_BY_CLIENT, null, null);
                JobHolds.command(handle, job, TrainControl.Command.CANCEL);
            }
            case PAUSE -> {
                Transitions.pause(handle, job, (JobState.Paused) next, TransitionReason.PAUSED_BY_CLIENT);
                JobHolds.command(handle, job, TrainControl.Command.PAUSE);
            }
            case RESUME -> queue(handle, job, next, job.failureCounts(), TransitionReason.RESUMED_BY_CLIENT);
            case RETRY ->
                queue(handle, job, next, new RetryPolicy.FailureCounts(0, 0), TransitionReason.RETRIED_BY_CLIENT);
        }
        AuditLog.record(
                handle,
                new AuditedChange(
                        action.audited(), job.key().toString(), JobQueries.project(handle, job.key()), Map.of()));
        return effect;
    }

    /** Queues the job again; it continues after its newest checkpoint. */
    private static void queue(
            Handle handle, JobRow job, JobState next, RetryPolicy.FailureCounts counts, TransitionReason reason) {
        JobQuotas.requireRequeue(handle, JobQueries.project(handle, job.key()));
        Transitions.requeue(handle, job, (JobState.Queued) next, counts, reason, null, Duration.ZERO);
    }

    /** Runs a successful job with published weights again, in order to compare the weights. */
    public ActionResult verify(UUID key, String idempotencyKey) {
        ActionResult result = jdbi.inTransaction(handle -> {
            Optional<JobRow> found = JobRow.lock(handle, key);
            if (found.isEmpty()) {
                return new JobNotFound();
            }
            JobRow job = found.get();
            if (!(job.state() instanceof JobState.Succeeded) || !Verification.hasWeights(handle, key)) {
                return new Refused(job.state().status(), NO_WEIGHTS);
            }
            // another engine computes other weights, whichever the worker would choose now
            TrainingConfig config = Verification.engine(handle, key)
                    .map(job.config()::withEngine)
                    .orElse(job.config());
            return new Resubmitted(store.submit(
                    handle,
                    new JobStore.NewJob(
                            config,
                            null,
                            key,
                            idempotencyKey,
                            JobPriority.NORMAL,
                            JobQueries.project(handle, key),
                            List.of(),
                            Verification.pool(handle, key))));
        });
        if (result instanceof Resubmitted) {
            jobsChanged.run();
        }
        return result;
    }
}
