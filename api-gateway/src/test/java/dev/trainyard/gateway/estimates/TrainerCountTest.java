package dev.trainyard.gateway.estimates;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** Number of trainers while they change jobs and while the broker does not answer; the test controls the clock. */
class TrainerCountTest {
    private long now = Long.MAX_VALUE - 5; // such a clock may pass its end
    private OptionalInt told = OptionalInt.empty();
    private final TrainerCount trainers = new TrainerCount(() -> told, () -> now);

    @Test
    void theCountIsUnknownBeforeTheFirstAnswerOfTheBroker() {
        assertThat(trainers.count(0)).isEmpty();
        assertThat(trainers.count(3)).isEmpty();
    }

    @Test
    void aCountOfZeroIsKnown() {
        told = OptionalInt.of(0);
        assertThat(trainers.count(0)).hasValue(0);
    }

    @Test
    void aTrainerBetweenTwoJobsIsCounted() {
        told = OptionalInt.of(2);
        assertThat(trainers.count(1)).hasValue(2);
        told = OptionalInt.of(1);
        now += TrainerCount.BETWEEN_JOBS.toNanos();
        assertThat(trainers.count(1)).hasValue(2);
        now++;
        assertThat(trainers.count(1)).hasValue(1);
    }

    @Test
    void theLastNumberIsUsedForALimitedTimeWhileTheBrokerDoesNotAnswer() {
        told = OptionalInt.of(2);
        assertThat(trainers.count(0)).hasValue(2);
        told = OptionalInt.empty();
        now += TrainerCount.KNOWN.toNanos();
        assertThat(trainers.count(0)).hasValue(2);
        assertThat(trainers.count(4)).hasValue(4);
        now++;
        assertThat(trainers.count(0)).isEmpty();
        assertThat(trainers.count(4)).isEmpty();
        told = OptionalInt.of(1);
        assertThat(trainers.count(0)).hasValue(1);
    }
}
