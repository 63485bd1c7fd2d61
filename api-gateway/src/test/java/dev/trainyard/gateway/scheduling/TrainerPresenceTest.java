package dev.trainyard.gateway.scheduling;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class TrainerPresenceTest {
    private long now = 1;
    private final TrainerPresence trainers = new TrainerPresence("default", () -> now);

    @Test
    void aMemberOfTheGroupIsFree() {
        trainers.members(List.of("t1", "t2"), now);
        assertThat(trainers.count(List.of())).isEqualTo(new TrainerPresence.Count(2, 2));
    }

    @Test
    void aTrainerThatHasClaimedSinceItWasAMemberIsNotFree() {
        trainers.members(List.of("t1", "t2"), now);
        pass(1);
        assertThat(trainers.count(List.of(run("t1", 1)))).isEqualTo(new TrainerPresence.Count(2, 1));
    }

    @Test
    void aTrainerIsFreeOnceItsJobHasEnded() {
        trainers.count(List.of(run("t1", 1)));
        pass(5);
        assertThat(trainers.count(List.of())).isEqualTo(new TrainerPresence.Count(1, 1));
    }

    @Test
    void aTrainerThatIsNotSeenIsNotCounted() {
        trainers.members(List.of("t1"), now);
        pass(16);
        assertThat(trainers.count(List.of())).isEqualTo(new TrainerPresence.Count(0, 0));
    }

    @Test
    void aRestartedTrainerIsFreeThoughItsLostJobHasALease() {
        trainers.count(List.of(run("t1", 1)));
        pass(2);
        trainers.members(List.of("t1"), now); // it may still be leaving
        assertThat(trainers.count(List.of(run("t1", 1))).free()).isZero();
        pass(2);
        trainers.members(List.of("t1"), now);
        assertThat(trainers.count(List.of(run("t1", 1))).free()).isOne();
        assertThat(trainers.count(List.of(run("t1", 1), run("t1", 2))).free())
                .as("after its next claim")
                .isZero();
    }

    @Test
    void aTrainerOfSeveralPoolsIsAliveInEachWhileItRunsAJobOfOne() {
        TrainerPresence both = new TrainerPresence("default", "both-1"::equals, () -> now);
        RunningJob other = new RunningJob(new UUID(0, 1), 1, "both-1", "gpu", "default", 50, Instant.EPOCH, 1);
        assertThat(both.count(List.of(other))).isEqualTo(new TrainerPresence.Count(1, 0));
        pass(60);
        assertThat(both.count(List.of(other))).isEqualTo(new TrainerPresence.Count(1, 0));
    }

    @Test
    void aRunOfAnotherPoolShowsNoTrainerOfThisOne() {
        RunningJob other = new RunningJob(new UUID(0, 1), 1, "gpu-1", "gpu", "default", 50, Instant.EPOCH, 1);
        assertThat(trainers.count(List.of(other)).live()).isZero();
    }

    private void pass(int seconds) {
        now += Duration.ofSeconds(seconds).toNanos();
    }

    private static RunningJob run(String worker, int key) {
        return new RunningJob(new UUID(0, key), 1, worker, "default", "default", 50, Instant.EPOCH, key);
    }
}
