package dev.trainyard.gateway.training;

import dev.trainyard.job.FailureCode;
import dev.trainyard.job.JobState;
import dev.trainyard.message.TrainEvent;

/**
 * Decides what an event or a lost lease makes of a job. Knows neither database nor broker, so that the simulation runs
 * the very rules that the platform runs.
 */
public record JobRules(RetryPolicy retry) {
    static final String DISPATCH_LOST = "dispatch_lost";
    static final String RECORD_EXPIRED = "record_expired";

    /** What is to be done; whoever asked holds the job's lock until it is done. */
    public sealed interface Decision {}

    /** The event is not of the run that owns the job, or was applied before. */
    public record Drop() implements Decision {}

    /** The sender must stop: it claims what it cannot have. */
    public record Fence() implements Decision {}

    public record Claim(JobState.Running to) implements Decision {}

    /** The run advanced: extend its lease, keep what the event tells. */
    public record Advance() implements Decision {}

    /** @param fence whether the run does not know of it and must be told to stop */
    public record EndAttempt(RetryPolicy.Outcome outcome, String reason, String detail, boolean fence) implements Decision {}

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
            return new EndAttempt(retry.released(run, job.failureCounts()), "worker_drained", released.reason(), false);
        }
        if (fact instanceof TrainEvent.Failed failed) {
            return failed(job, run, failed.code(), failed.message());
        }
        if (hasGap(job, fact)) {
            String detail = "an epoch that worker %s reported was lost on the way".formatted(job.worker());
            return new EndAttempt(retry.failed(run, job.failureCounts(), FailureCode.INTERNAL_ERROR), "run_failed", detail, true);
        }
        return fact instanceof TrainEvent.Succeeded ? new Complete(run.succeed()) : new Advance();
    }

    EndAttempt failed(JobRow job, JobState.Running run, FailureCode code, String message) {
        String reason = code.kind() == FailureCode.Kind.REJECTED ? "rejected" : "run_failed";
        return new EndAttempt(retry.failed(run, job.failureCounts(), code), reason, message, false);
    }

    /** The job's lease ran out; the caller saw that no event of it is on its way. */
    EndAttempt lost(JobRow job) {
        RetryPolicy.Outcome outcome = retry.lost((JobState.Running) job.state(), job.failureCounts(), job.epochGained());
        return new EndAttempt(
                outcome, "worker_lost", "worker %s sent no heartbeat within its lease".formatted(job.worker()), true);
    }

    /** The job's record was consumed and it is queued all the same; the caller saw that no claim is on its way. */
    EndAttempt unclaimed(JobRow job, int redispatched) {
        RetryPolicy.Outcome outcome = retry.unclaimed((JobState.Queued) job.state(), job.failureCounts(), redispatched);
        return new EndAttempt(outcome, DISPATCH_LOST, "its record was consumed and nobody claimed it", false);
    }

    /**
     * The job waited for longer than its record is kept, so that no trainer saw it. That says nothing against the job,
     * however often it happens.
     */
    EndAttempt expired(JobRow job) {
        RetryPolicy.Outcome outcome = retry.unclaimed((JobState.Queued) job.state(), job.failureCounts(), 0);
        return new EndAttempt(outcome, RECORD_EXPIRED, "its record was deleted before a trainer had read it", false);
    }

    /** Kafka refused the record that was to bring the job to a trainer. */
    EndAttempt refused(JobRow job, JobState.Queued queued, String reason, int tries) {
        String detail =
                ("Kafka refused the record that was to bring this job to a trainer, %d times: %s. It is listed by "
                                + "GET /api/v1/unsent-records; retry the job once the cause is gone.")
                        .formatted(tries, reason);
        return new EndAttempt(retry.refused(queued, job.failureCounts()), "dispatch_refused", detail, false);
    }

    /** The broker keeps order and loses nothing; were it otherwise, no success may stand on epochs nobody saw. */
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
