package dev.trainyard.gateway.jobs;

import dev.trainyard.job.FailureCode;
import dev.trainyard.job.JobState;
import dev.trainyard.job.TransitionReason;
import dev.trainyard.message.TrainEvent;

/**
 * Decides the effect of events and lost leases on a job. Independent of database and broker, so that the simulation
 * tests the production rules.
 */
public record JobRules(RetryPolicy retry) {
    /** Decision that the caller carries out while it holds the job's lock. */
    public sealed interface Decision {}

    /** Ignore the event: it is not of the run that owns the job, or was applied before. */
    public record Drop() implements Decision {}

    /** Tell the sender to stop: its claim does not match the job's state. */
    public record Fence() implements Decision {}

    public record Claim(JobState.Running to) implements Decision {}

    /** Extend the lease of the run and store the event. */
    public record Advance() implements Decision {}

    /** @param fence true if the run must be told to stop */
    public record EndAttempt(RetryPolicy.Outcome outcome, TransitionReason reason, String detail, boolean fence)
            implements Decision {}

    /** Store the epoch, pause the job until it is promoted, and stop the run. Nothing is charged. */
    public record Hold(JobState.Paused to) implements Decision {}

    public record Complete(JobState.Succeeded to) implements Decision {}

    Decision on(JobRow job, TrainEvent event) {
        TrainEvent.Fact fact = event.fact();
        if (fact instanceof TrainEvent.Claimed) {
            return claim(job, event);
        }
        if (fact instanceof TrainEvent.Unknown || !fits(job, event)) {
            return new Drop();
        }
        JobState.Running run = (JobState.Running) job.state();
        if (fact instanceof TrainEvent.Released released) {
            return new EndAttempt(
                    retry.released(run, job.failureCounts()),
                    TransitionReason.WORKER_DRAINED,
                    released.reason(),
                    false);
        }
        if (fact instanceof TrainEvent.Failed failed) {
            return failed(job, run, failed.code(), failed.message());
        }
        if (hasGap(job, fact)) {
            String detail = "an epoch reported by worker %s was lost in transit".formatted(job.worker());
            return new EndAttempt(
                    retry.failed(run, job.failureCounts(), FailureCode.INTERNAL_ERROR),
                    TransitionReason.RUN_FAILED,
                    detail,
                    true);
        }
        if (fact instanceof TrainEvent.EpochEnded epoch
                && job.isHeldAfter(epoch.metrics().epoch())) {
            return new Hold(run.pause());
        }
        return fact instanceof TrainEvent.Succeeded ? new Complete(run.succeed()) : new Advance();
    }

    EndAttempt failed(JobRow job, JobState.Running run, FailureCode code, String message) {
        TransitionReason reason =
                code.kind() == FailureCode.Kind.REJECTED ? TransitionReason.REJECTED : TransitionReason.RUN_FAILED;
        return new EndAttempt(retry.failed(run, job.failureCounts(), code), reason, message, false);
    }

    /** The job's lease expired; the caller has checked that no event of it is in transit. */
    EndAttempt lost(JobRow job) {
        RetryPolicy.Outcome outcome =
                retry.lost((JobState.Running) job.state(), job.failureCounts(), job.epochGained());
        return new EndAttempt(
                outcome,
                TransitionReason.WORKER_LOST,
                "worker %s sent no heartbeat within its lease".formatted(job.worker()),
                true);
    }

    /** A waiting job of a higher priority needs the trainer; this does not count against the job. */
    EndAttempt preempted(JobRow job, int priority) {
        return new EndAttempt(
                retry.released((JobState.Running) job.state(), job.failureCounts()),
                TransitionReason.PREEMPTED,
                "a job with priority %d took its trainer".formatted(priority),
                true);
    }

    /** The job is queued although its record was consumed; the caller has checked that no claim is in transit. */
    EndAttempt unclaimed(JobRow job, int redispatched) {
        RetryPolicy.Outcome outcome = retry.unclaimed((JobState.Queued) job.state(), job.failureCounts(), redispatched);
        return new EndAttempt(
                outcome, TransitionReason.DISPATCH_LOST, "its record was consumed without a claim", false);
    }

    /**
     * The job waited for longer than its record's retention, so that no trainer read it. This does not count against
     * the job.
     */
    EndAttempt expired(JobRow job) {
        RetryPolicy.Outcome outcome = retry.unclaimed((JobState.Queued) job.state(), job.failureCounts(), 0);
        return new EndAttempt(
                outcome, TransitionReason.RECORD_EXPIRED, "its record expired before a trainer had read it", false);
    }

    /** Kafka refused the dispatch of the job. */
    EndAttempt refused(JobRow job, JobState.Queued queued, String reason, int tries) {
        String detail =
                ("Kafka refused the record that dispatches this job to a trainer, %d times: %s. It is listed by "
                                + "GET /api/v1/unsent-records; retry the job once the cause is gone.")
                        .formatted(tries, reason);
        return new EndAttempt(
                retry.refused(queued, job.failureCounts()), TransitionReason.DISPATCH_REFUSED, detail, false);
    }

    /** Guards against lost events: a job must not succeed with missing epochs. */
    private static boolean hasGap(JobRow job, TrainEvent.Fact fact) {
        return fact instanceof TrainEvent.EpochEnded epoch && epoch.metrics().epoch() > job.epochsDone() + 1
                || fact instanceof TrainEvent.Succeeded && job.epochsDone() < job.epochs();
    }

    private static Decision claim(JobRow job, TrainEvent event) {
        if (job.state() instanceof JobState.Running run && run.token().equals(event.token())) {
            return new Drop(); // delivered twice
        }
        if (job.state() instanceof JobState.Queued queued && queued.attempt() == event.attempt()) {
            return new Claim(queued.claim(event.token()));
        }
        return new Fence();
    }

    private static boolean fits(JobRow job, TrainEvent event) {
        return job.state() instanceof JobState.Running run
                && run.attempt() == event.attempt()
                && run.token().equals(event.token())
                && job.lastSequence() < event.sequence();
    }
}
