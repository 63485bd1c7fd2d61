package dev.trainyard.gateway.scheduling;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DispatchLimitsTest {
    @ParameterizedTest(name = "{0} live, {1} free, {2} on their way, {3} of them recent: {4}")
    @CsvSource({
        "4, 3, 0, 0, 3",
        "4, 3, 3, 3, 0",
        "4, 3, 2, 1, 2", // one record that no trainer has claimed in time holds up no other job
        "4, 0, 0, 0, 0",
        "1, 1, 1, 0, 1",
        "1, 1, 2, 0, 0", // but such records do not pile up
    })
    void asManyJobsAsThereAreFreeTrainers(int live, int free, int onTheirWay, int recent, int slots) {
        assertThat(new DispatchLimits(1, 0, false).slots(new TrainerPresence.Count(live, free), onTheirWay, recent))
                .isEqualTo(slots);
    }

    @Test
    void jobsAheadAreOnlyReplacedWhenOneIsClaimed() {
        DispatchLimits limits = new DispatchLimits(1, 2, false);
        TrainerPresence.Count busy = new TrainerPresence.Count(3, 0);
        assertThat(limits.slots(busy, 0, 0)).isEqualTo(2);
        assertThat(limits.slots(busy, 2, 2)).isZero();
        assertThat(limits.slots(busy, 2, 0)).isZero();
        assertThat(limits.slots(busy, 1, 0)).isEqualTo(1);
        assertThat(limits.slots(new TrainerPresence.Count(3, 1), 2, 0)).isEqualTo(2);
    }

    @Test
    void theWindowAppliesWhileNoTrainerIsAlive() {
        DispatchLimits limits = new DispatchLimits(2, 0, false);
        TrainerPresence.Count none = new TrainerPresence.Count(0, 0);
        assertThat(limits.slots(none, 0, 0)).isEqualTo(2);
        assertThat(limits.slots(none, 2, 0)).isZero();
    }
}
