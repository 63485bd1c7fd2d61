package dev.trainyard.gateway.jobs;

import dev.trainyard.gateway.estimates.EtaEstimator;
import dev.trainyard.gateway.outbox.Outbox;
import dev.trainyard.gateway.runtime.Transactions;
import dev.trainyard.job.JobState;
import dev.trainyard.job.JobStatus;
import dev.trainyard.job.TrainingConfig;
import dev.trainyard.job.TransitionReason;
import dev.trainyard.message.Topics;
import dev.trainyard.message.TrainControl;
import dev.trainyard.message.Versioned;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiFunction;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * Actions on submitted jobs. The change, its message to the trainers and the returned state are of one transaction.
 */
@Singleton
public final class JobActions {
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

    /** The job's state does not allow the action. */
    public record InvalidState(JobStatus status) implements ActionResult {}

    public record JobNotFound() implements ActionResult {}

    /** The job was submitted again as a new job. */
    public record Resubmitted(JobStore.SubmitResult submission) implements ActionResult {}

    /** Cancels a job that has not ended; its worker is notified through the control topic. Idempotent. */
    public ActionResult cancel(UUID key) {
        return change(key, (handle, job) -> {
            if (!(job.state() instanceof JobState.Live live)) {
                return job.state() instanceof JobState.Cancelled;
            }
            Transitions.end(handle, job, live.cancel(), TransitionReason.CANCELLED_BY_CLIENT, null, null);
            sendCommand(handle, job, TrainControl.Command.CANCEL);
            return true;
        });
    }

    /** Pauses a queued or running job until {@link #resume}. Idempotent. */
    public ActionResult pause(UUID key) {
        return change(key, (handle, job) -> {
            JobState.Paused paused;
            if (job.state() instanceof JobState.Queued queued) {
                paused = queued.pause();
            } else if (job.state() instanceof JobState.Running run) {
                paused = run.pause();
            } else {
                return job.state() instanceof JobState.Paused;
            }
            Transitions.pause(handle, job, paused);
            sendCommand(handle, job, TrainControl.Command.PAUSE);
            return true;
        });
    }

    /**
     * Queues a paused job, which continues after its newest checkpoint.
     *
     * @param admission called if the job is paused; throws if new work is refused
     */
    public ActionResult resume(UUID key, Runnable admission) {
        return change(key, (handle, job) -> {
            if (!(job.state() instanceof JobState.Paused paused)) {
                return false;
            }
            admission.run();
            Transitions.requeue(
                    handle,
                    job,
                    paused.resume(),
                    job.failureCounts(),
                    TransitionReason.RESUMED_BY_CLIENT,
                    null,
                    Duration.ZERO);
            return true;
        });
    }

    /**
     * Queues a failed job with failure counts reset; its checkpoints are kept.
     *
     * @param admission called if the job has failed; throws if new work is refused
     */
    public ActionResult retry(UUID key, Runnable admission) {
        return change(key, (handle, job) -> {
            if (!(job.state() instanceof JobState.Failed failed)) {
                return false;
            }
            admission.run();
            RetryPolicy.FailureCounts reset = new RetryPolicy.FailureCounts(0, 0);
            Transitions.requeue(
                    handle, job, failed.retry(), reset, TransitionReason.RETRIED_BY_CLIENT, null, Duration.ZERO);
            return true;
        });
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
                return new InvalidState(job.state().status());
            }
            // another engine computes other weights, whichever the worker would choose now
            TrainingConfig config = Verification.engine(handle, key)
                    .map(job.config()::withEngine)
                    .orElse(job.config());
            return new Resubmitted(store.submit(handle, new JobStore.NewJob(config, null, key, idempotencyKey)));
        });
        if (result instanceof Resubmitted) {
            jobsChanged.run();
        }
        return result;
    }

    private ActionResult change(UUID key, BiFunction<Handle, JobRow, Boolean> change) {
        ActionResult result = jdbi.inTransaction(handle -> {
            Optional<JobRow> job = JobRow.lock(handle, key);
            if (job.isEmpty()) {
                return new JobNotFound();
            }
            return change.apply(handle, job.get())
                    ? new Applied(JobQueries.find(handle, key, EtaEstimator.FROM_WORKER)
                            .orElseThrow())
                    : new InvalidState(job.get().state().status());
        });
        if (result instanceof Applied) {
            jobsChanged.run();
        }
        return result;
    }

    private static void sendCommand(Handle handle, JobRow job, TrainControl.Command command) {
        TrainControl control =
                new TrainControl(Versioned.CURRENT, job.key(), job.attempt(), null, command, Instant.now());
        Outbox.add(handle, Topics.TRAIN_CONTROL, job.key().toString(), control);
    }
}
