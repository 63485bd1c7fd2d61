package dev.trainyard.gateway.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trainyard.gateway.training.RetryRule.Account;
import dev.trainyard.gateway.training.RetryRule.Verdict;
import dev.trainyard.job.FailureCode;
import dev.trainyard.job.JobState;
import java.time.Duration;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class RetryRuleTest {
    private static final Account CLEAN = new Account(0, 0);

    private final JobState.Running run = new JobState.Queued(7).claim(UUID.randomUUID());
    private final RetryRule rule = rule(0.5);

    private static RetryRule rule(double random) {
        return new RetryRule(3, () -> random);
    }

    @Test
    void aFailureIsTriedThreeTimesInAllAndKeepsItsCode() {
        Verdict first = rule.failed(run, CLEAN, FailureCode.INTERNAL_ERROR);
        assertThat(first.to()).isEqualTo(new JobState.Queued(8));
        Verdict second = rule.failed(run, first.account(), FailureCode.INTERNAL_ERROR);
        assertThat(second.to()).isEqualTo(new JobState.Queued(8));
        Verdict third = rule.failed(run, second.account(), FailureCode.INTERNAL_ERROR);
        assertThat(third.to()).isEqualTo(new JobState.Failed(7, FailureCode.INTERNAL_ERROR));
        assertThat(third.account().charged()).isEqualTo(3);
        assertThat(third.pause()).isZero();
    }

    @Test
    void thePauseIsAnythingFromNothingToABoundThatDoubles() {
        assertThat(rule(0).failed(run, CLEAN, FailureCode.INTERNAL_ERROR).pause())
                .isZero();
        assertThat(rule.failed(run, CLEAN, FailureCode.INTERNAL_ERROR).pause()).isEqualTo(Duration.ofSeconds(1));
        assertThat(rule.failed(run, new Account(1, 0), FailureCode.INTERNAL_ERROR)
                        .pause())
                .isEqualTo(Duration.ofSeconds(2));
        Random random = new Random(5);
        RetryRule patient = new RetryRule(100, random::nextDouble);
        for (int charged = 0; charged < 99; charged++) {
            Duration bound = Duration.ofSeconds(2L << Math.min(5, charged));
            assertThat(patient.failed(run, new Account(charged, 0), FailureCode.DATASET_UNREADABLE)
                            .pause())
                    .isBetween(Duration.ZERO, bound);
        }
    }

    @Test
    void whatIsRejectedIsNotTriedAgain() {
        assertThat(rule.failed(run, CLEAN, FailureCode.DISK_FULL).to())
                .isEqualTo(new JobState.Failed(7, FailureCode.DISK_FULL));
    }

    @Test
    void twoDeathsInARowWithoutAnEpochArePoison() {
        Verdict first = rule.lost(run, CLEAN, false);
        assertThat(first.to()).isEqualTo(new JobState.Queued(8));
        assertThat(rule.lost(run, first.account(), false).to()).isEqualTo(new JobState.Failed(7, FailureCode.POISON));
        assertThat(rule.lost(run, first.account().epochGained(), false).to()).isEqualTo(new JobState.Queued(8));
    }

    @Test
    void threeDeathsThatGainedEpochsExhaustTheAttempts() {
        Verdict first = rule.lost(run, CLEAN, true);
        Verdict second = rule.lost(run, first.account(), true);
        assertThat(second.to()).isEqualTo(new JobState.Queued(8));
        assertThat(rule.lost(run, second.account(), true).to())
                .isEqualTo(new JobState.Failed(7, FailureCode.ATTEMPTS_EXHAUSTED));
    }

    @Test
    void aDrainIsNotCharged() {
        Account account = new Account(2, 1);
        assertThat(rule.released(run, account)).isEqualTo(new Verdict(run, new JobState.Queued(8), account));
    }

    @Test
    void aRecordThatIsConsumedAgainAndAgainIsDispatchedThreeTimesMore() {
        JobState.Queued queued = new JobState.Queued(4);
        assertThat(rule.unclaimed(queued, CLEAN, 2).to()).isEqualTo(new JobState.Queued(5));
        assertThat(rule.unclaimed(queued, CLEAN, 3).to()).isEqualTo(new JobState.Failed(4, FailureCode.NEVER_CLAIMED));
    }
}
