package dev.trainyard.gateway.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trainyard.gateway.jobs.RetryPolicy.FailureCounts;
import dev.trainyard.gateway.jobs.RetryPolicy.Outcome;
import dev.trainyard.job.FailureCode;
import dev.trainyard.job.JobState;
import java.time.Duration;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class RetryPolicyTest {
    private static final FailureCounts CLEAN = new FailureCounts(0, 0);

    private final JobState.Running run = new JobState.Queued(7).claim(UUID.randomUUID());
    private final RetryPolicy policy = policy(0.5);

    private static RetryPolicy policy(double random) {
        return new RetryPolicy(3, () -> random);
    }

    @Test
    void aFailureIsAttemptedThreeTimesAndKeepsItsCode() {
        Outcome first = policy.failed(run, CLEAN, FailureCode.INTERNAL_ERROR);
        assertThat(first.to()).isEqualTo(new JobState.Queued(8));
        Outcome second = policy.failed(run, first.failureCounts(), FailureCode.INTERNAL_ERROR);
        assertThat(second.to()).isEqualTo(new JobState.Queued(8));
        Outcome third = policy.failed(run, second.failureCounts(), FailureCode.INTERNAL_ERROR);
        assertThat(third.to()).isEqualTo(new JobState.Failed(7, FailureCode.INTERNAL_ERROR));
        assertThat(third.failureCounts().chargedAttempts()).isEqualTo(3);
        assertThat(third.pause()).isZero();
    }

    @Test
    void theDelayIsRandomBelowADoublingLimit() {
        assertThat(policy(0).failed(run, CLEAN, FailureCode.INTERNAL_ERROR).pause())
                .isZero();
        assertThat(policy.failed(run, CLEAN, FailureCode.INTERNAL_ERROR).pause())
                .isEqualTo(Duration.ofSeconds(1));
        assertThat(policy.failed(run, new FailureCounts(1, 0), FailureCode.INTERNAL_ERROR)
                        .pause())
                .isEqualTo(Duration.ofSeconds(2));
        Random random = new Random(5);
        RetryPolicy patient = new RetryPolicy(100, random::nextDouble);
        for (int charged = 0; charged < 99; charged++) {
            Duration bound = Duration.ofSeconds(2L << Math.min(5, charged));
            assertThat(patient.failed(run, new FailureCounts(charged, 0), FailureCode.DATASET_UNREADABLE)
                            .pause())
                    .isBetween(Duration.ZERO, bound);
        }
    }

    @Test
    void rejectedJobsAreNotRetried() {
        assertThat(policy.failed(run, CLEAN, FailureCode.DISK_FULL).to())
                .isEqualTo(new JobState.Failed(7, FailureCode.DISK_FULL));
    }

    @Test
    void twoDeathsInARowWithoutAnEpochArePoison() {
        Outcome first = policy.lost(run, CLEAN, false);
        assertThat(first.to()).isEqualTo(new JobState.Queued(8));
        assertThat(policy.lost(run, first.failureCounts(), false).to())
                .isEqualTo(new JobState.Failed(7, FailureCode.POISON));
        assertThat(policy.lost(run, first.failureCounts().epochGained(), false).to())
                .isEqualTo(new JobState.Queued(8));
    }

    @Test
    void threeDeathsWithNewEpochsExhaustTheAttempts() {
        Outcome first = policy.lost(run, CLEAN, true);
        Outcome second = policy.lost(run, first.failureCounts(), true);
        assertThat(second.to()).isEqualTo(new JobState.Queued(8));
        assertThat(policy.lost(run, second.failureCounts(), true).to())
                .isEqualTo(new JobState.Failed(7, FailureCode.ATTEMPTS_EXHAUSTED));
    }

    @Test
    void aDrainDoesNotCountAsAnAttempt() {
        FailureCounts failureCounts = new FailureCounts(2, 1);
        assertThat(policy.released(run, failureCounts))
                .isEqualTo(new Outcome(run, new JobState.Queued(8), failureCounts));
    }

    @Test
    void aRepeatedlyLostRecordIsDispatchedThreeMoreTimes() {
        JobState.Queued queued = new JobState.Queued(4);
        assertThat(policy.unclaimed(queued, CLEAN, 2).to()).isEqualTo(new JobState.Queued(5));
        assertThat(policy.unclaimed(queued, CLEAN, 3).to())
                .isEqualTo(new JobState.Failed(4, FailureCode.NEVER_CLAIMED));
    }
}
