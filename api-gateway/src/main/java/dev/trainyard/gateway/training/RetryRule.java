package dev.trainyard.gateway.training;

import dev.trainyard.job.FailureCode;
import dev.trainyard.job.JobState;
import java.time.Duration;
import java.util.function.DoubleSupplier;

/** Decides what becomes of a job whose run ended without a result. */
public record RetryRule(int maxAttempts, DoubleSupplier random) {
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(2);
    private static final int FRUITLESS_LIMIT = 2;
    private static final int REDISPATCH_LIMIT = 3;

    /** What counts against a job: attempts charged so far, and deaths in a row without an epoch gained. */
    public record Account(int charged, int fruitlessDeaths) {
        /** However the run that gained an epoch ends, deaths before it are no longer in a row with deaths after it. */
        public Account epochGained() {
            return new Account(charged, 0);
        }
    }

    /** The next state and the account that goes with it. */
    public record Verdict(JobState.Live from, JobState to, Account account, Duration pause) {
        Verdict(JobState.Live from, JobState to, Account account) {
            this(from, to, account, Duration.ZERO);
        }
    }

    /** The worker was drained: not the job's fault. */
    public Verdict released(JobState.Running run, Account account) {
        return new Verdict(run, run.requeue(), account);
    }

    /** The lease ran out. */
    public Verdict lost(JobState.Running run, Account account, boolean epochGained) {
        Account charged = new Account(account.charged() + 1, epochGained ? 0 : account.fruitlessDeaths() + 1);
        if (charged.fruitlessDeaths() >= FRUITLESS_LIMIT) {
            return new Verdict(run, run.fail(FailureCode.POISON), charged);
        }
        return retry(run, charged);
    }

    /**
     * The record was consumed and nobody claimed the job: a new attempt, so that a late claim is fenced.
     *
     * @param redispatched how often in a row that happened before
     */
    public Verdict unclaimed(JobState.Queued queued, Account account, int redispatched) {
        return redispatched >= REDISPATCH_LIMIT
                ? new Verdict(queued, queued.fail(FailureCode.NEVER_CLAIMED), account)
                : new Verdict(queued, queued.redispatch(), account);
    }

    /** Kafka refuses the job's record, and would refuse another try. */
    public Verdict refused(JobState.Queued queued, Account account) {
        return new Verdict(queued, queued.fail(FailureCode.DISPATCH_REFUSED), account);
    }

    /** The worker reported a failure. */
    public Verdict failed(JobState.Running run, Account account, FailureCode code) {
        Account charged = new Account(account.charged() + 1, account.fruitlessDeaths());
        if (!code.isRetryable()) {
            return new Verdict(run, run.fail(code), charged);
        }
        return charged.charged() >= maxAttempts
                ? new Verdict(run, run.fail(code), charged)
                : new Verdict(run, run.requeue(), charged, pause(charged.charged()));
    }

    /** Full jitter: anything from nothing to a bound that doubles, so that jobs which failed together part. */
    private Duration pause(int failures) {
        return Duration.ofMillis((long) (random.getAsDouble() * (FIRST_PAUSE.toMillis() << Math.min(5, failures - 1))));
    }

    private Verdict retry(JobState.Running run, Account charged) {
        JobState next = charged.charged() >= maxAttempts ? run.fail(FailureCode.ATTEMPTS_EXHAUSTED) : run.requeue();
        return new Verdict(run, next, charged);
    }
}
