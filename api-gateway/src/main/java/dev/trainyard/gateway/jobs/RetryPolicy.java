package dev.trainyard.gateway.jobs;

import dev.trainyard.job.FailureCode;
import dev.trainyard.job.JobState;
import java.time.Duration;
import java.util.function.DoubleSupplier;

/** Decides whether a job is requeued or fails after an attempt without a result. */
public record RetryPolicy(int maxAttempts, DoubleSupplier random) {
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(2);
    private static final int LOSSES_WITHOUT_PROGRESS_LIMIT = 2;
    private static final int REDISPATCH_LIMIT = 3;

    /** Failures of a job: attempts charged so far, and consecutive lost workers without a completed epoch. */
    public record FailureCounts(int chargedAttempts, int lossesWithoutProgress) {
        /** A completed epoch resets the number of consecutive losses. */
        public FailureCounts epochGained() {
            return new FailureCounts(chargedAttempts, 0);
        }
    }

    /** The next state, the updated failure counts, and the delay before the next dispatch. */
    public record Outcome(JobState.Live from, JobState to, FailureCounts failureCounts, Duration pause) {
        Outcome(JobState.Live from, JobState to, FailureCounts failureCounts) {
            this(from, to, failureCounts, Duration.ZERO);
        }
    }

    /** The worker was drained, which does not count against the job. */
    public Outcome released(JobState.Running run, FailureCounts failureCounts) {
        return new Outcome(run, run.requeue(), failureCounts);
    }

    /** The lease expired. */
    public Outcome lost(JobState.Running run, FailureCounts failureCounts, boolean epochGained) {
        FailureCounts charged = new FailureCounts(
                failureCounts.chargedAttempts() + 1, epochGained ? 0 : failureCounts.lossesWithoutProgress() + 1);
        if (charged.lossesWithoutProgress() >= LOSSES_WITHOUT_PROGRESS_LIMIT) {
            return new Outcome(run, run.fail(FailureCode.POISON), charged);
        }
        return requeueOrFail(run, charged);
    }

    /**
     * The record was consumed without a claim: a new attempt fences a late claim.
     *
     * @param redispatched number of consecutive earlier occurrences
     */
    public Outcome unclaimed(JobState.Queued queued, FailureCounts failureCounts, int redispatched) {
        return redispatched >= REDISPATCH_LIMIT
                ? new Outcome(queued, queued.fail(FailureCode.NEVER_CLAIMED), failureCounts)
                : new Outcome(queued, queued.redispatch(), failureCounts);
    }

    /** Kafka refuses the job's record and would refuse it again. */
    public Outcome refused(JobState.Queued queued, FailureCounts failureCounts) {
        return new Outcome(queued, queued.fail(FailureCode.DISPATCH_REFUSED), failureCounts);
    }

    /** The worker reported a failure. */
    public Outcome failed(JobState.Running run, FailureCounts failureCounts, FailureCode code) {
        FailureCounts charged =
                new FailureCounts(failureCounts.chargedAttempts() + 1, failureCounts.lossesWithoutProgress());
        if (!code.isRetryable()) {
            return new Outcome(run, run.fail(code), charged);
        }
        return charged.chargedAttempts() >= maxAttempts
                ? new Outcome(run, run.fail(code), charged)
                : new Outcome(run, run.requeue(), charged, pause(charged.chargedAttempts()));
    }

    /** Full jitter: uniform from 0 to a bound that doubles, so that jobs which failed together are spread. */
    private Duration pause(int failures) {
        return Duration.ofMillis((long) (random.getAsDouble() * (FIRST_PAUSE.toMillis() << Math.min(5, failures - 1))));
    }

    private Outcome requeueOrFail(JobState.Running run, FailureCounts charged) {
        JobState next =
                charged.chargedAttempts() >= maxAttempts ? run.fail(FailureCode.ATTEMPTS_EXHAUSTED) : run.requeue();
        return new Outcome(run, next, charged);
    }
}
