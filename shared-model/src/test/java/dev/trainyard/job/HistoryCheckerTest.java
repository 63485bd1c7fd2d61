package dev.trainyard.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class HistoryCheckerTest {
    @Test
    void aSuccessWithExactlyTheRequestedModelIsCorrect() {
        assertThat(HistoryChecker.violations(success(true, 1))).isEmpty();
        assertThat(HistoryChecker.violations(success(false))).isEmpty();
    }

    @Test
    void aMissingModelIsDetected() {
        assertThat(HistoryChecker.violations(success(true)))
                .singleElement()
                .asString()
                .contains("published no model");
    }

    @Test
    void anExtraModelIsDetected() {
        assertThat(HistoryChecker.violations(success(true, 1, 1)))
                .singleElement()
                .asString()
                .contains("published 2 models");
        assertThat(HistoryChecker.violations(success(false, 1)))
                .singleElement()
                .asString()
                .contains("was not to publish");
    }

    @Test
    void theModelOfALosingAttemptIsDetected() {
        assertThat(HistoryChecker.violations(success(true, 2)))
                .singleElement()
                .asString()
                .contains("of attempt [2], not of 1");
    }

    @Test
    void aHeldJobThatGoesOnWithoutAPromotionIsDetected() {
        assertThat(HistoryChecker.violations(heldAnd(TransitionReason.PROMOTED)))
                .isEmpty();
        assertThat(HistoryChecker.violations(heldAnd(TransitionReason.RESUMED_BY_CLIENT)))
                .singleElement()
                .asString()
                .contains("was held and left that for QUEUED because of RESUMED_BY_CLIENT");
    }

    private static JobHistory heldAnd(TransitionReason next) {
        return new JobHistory(
                "key",
                JobStatus.CANCELLED,
                2,
                true,
                List.of(
                        new JobHistory.Transition(null, JobStatus.QUEUED, 1, TransitionReason.SUBMITTED),
                        new JobHistory.Transition(JobStatus.QUEUED, JobStatus.RUNNING, 1, TransitionReason.CLAIMED),
                        new JobHistory.Transition(JobStatus.RUNNING, JobStatus.PAUSED, 1, TransitionReason.RUNG),
                        new JobHistory.Transition(JobStatus.PAUSED, JobStatus.QUEUED, 2, next),
                        new JobHistory.Transition(
                                JobStatus.QUEUED, JobStatus.CANCELLED, 2, TransitionReason.CANCELLED_BY_CLIENT)),
                List.of(new JobHistory.Epoch(1, 1)),
                List.of());
    }

    private static JobHistory success(boolean savesWeights, Integer... publishedBy) {
        return new JobHistory(
                "key",
                JobStatus.SUCCEEDED,
                1,
                savesWeights,
                List.of(
                        new JobHistory.Transition(null, JobStatus.QUEUED, 1, TransitionReason.SUBMITTED),
                        new JobHistory.Transition(JobStatus.QUEUED, JobStatus.RUNNING, 1, TransitionReason.CLAIMED),
                        new JobHistory.Transition(
                                JobStatus.RUNNING, JobStatus.SUCCEEDED, 1, TransitionReason.COMPLETED)),
                List.of(new JobHistory.Epoch(1, 1)),
                List.of(publishedBy));
    }
}
