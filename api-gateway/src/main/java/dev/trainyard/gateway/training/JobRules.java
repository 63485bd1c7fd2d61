package dev.trainyard.gateway.training;

import dev.trainyard.job.FailureCode;
import dev.trainyard.job.JobState;
import dev.trainyard.message.TrainEvent;

/**
 * Decides what an event or a lost lease makes of a job. Knows neither database nor broker, so that the simulation runs
 * the very rules that the platform runs.
 */
public record JobRules(RetryRule retry) {
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
    public record Settle(RetryRule.Verdict verdict, String reason, String detail, boolean fence) implements Decision {}

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
            return new Settle(retry.released(run, job.account()), "worker_drained", released.reason(), false);
        }
        if (fact instanceof TrainEvent.Failed failed) {
            return failed(job, run, failed.code(), failed.message());
        }
        if (hasGap(job, fact)) {
            String detail = "an epoch that worker %s reported was lost on the way".formatted(job.worker());
            return new Settle(retry.failed(run, job.account(), FailureCode.INTERNAL_ERROR), "run_failed", detail, true);
        }
        return fact instanceof TrainEvent.Succeeded ? new Complete(run.succeed()) : new Advance();
    }

    Settle failed(JobRow job, JobState.Running run, FailureCode code, String message) {
        String reason = code.kind() == FailureCode.Kind.REJECTED ? "rejected" : "run_failed";
        return new Settle(retry.failed(run, job.account(), code), reason, message, false);
    }

    /** The job's lease ran out; the caller saw that no event of it is on its way. */
    Settle lost(JobRow job) {
        RetryRule.Verdict verdict = retry.lost((JobState.Running) job.state(), job.account(), job.epochGained());
        return new Settle(
                verdict, "worker_lost", "worker %s sent no heartbeat within its lease".formatted(job.worker()), true);
    }

    /** The job's record was consumed and it is queued all the same; the caller saw that no claim is on its way. */
    Settle unclaimed(JobRow job, int redispatched) {
        RetryRule.Verdict verdict = retry.unclaimed((JobState.Queued) job.state(), job.account(), redispatched);
        return new Settle(verdict, DISPATCH_LOST, "its record was consumed and nobody claimed it", false);
    }

    /**
     * The job waited for longer than its record is kept, so that no trainer saw it. That says nothing against the job,
     * however often it happens.
     */
    Settle expired(JobRow job) {
        RetryRule.Verdict verdict = retry.unclaimed((JobState.Queued) job.state(), job.account(), 0);
        return new Settle(verdict, RECORD_EXPIRED, "its record was deleted before a trainer had read it", false);
    }

    /** Kafka refused the record that was to bring the job to a trainer. */
    Settle refused(JobRow job, JobState.Queued queued, String reason, int tries) {
        String detail =
                ("Kafka refused the record that was to bring this job to a trainer, %d times: %s. It is listed by "
                                + "GET /api/v1/unsent-records; retry the job once the cause is gone.")
                        .formatted(tries, reason);
        return new Settle(retry.refused(queued, job.account()), "dispatch_refused", detail, false);
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
