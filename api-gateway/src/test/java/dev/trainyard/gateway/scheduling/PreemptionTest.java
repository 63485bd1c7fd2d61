package dev.trainyard.gateway.scheduling;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class PreemptionTest {
    @Test
    void theYoungestJobOfTheLowestPriorityGivesWay() {
        RunningJob normal = run(1, 50, 30, "a");
        RunningJob oldLow = run(2, 25, 10, "a");
        RunningJob youngLow = run(3, 25, 20, "b");
        assertThat(Preemption.victim(urgent(75, false), List.of(normal, oldLow, youngLow)))
                .contains(youngLow);
    }

    @Test
    void aJobNeverGivesWayToAnEqualOne() {
        assertThat(Preemption.victim(urgent(75, false), List.of(run(1, 75, 1, "a"), run(2, 100, 1, "a"))))
                .isEmpty();
    }

    @Test
    void aProjectAtItsQuotaTakesTheTrainerOfItsOwnJobOnly() {
        RunningJob other = run(1, 0, 1, "b");
        RunningJob own = run(2, 50, 1, "a");
        assertThat(Preemption.victim(urgent(75, true), List.of(other))).isEmpty();
        assertThat(Preemption.victim(urgent(75, true), List.of(other, own))).contains(own);
    }

    private static Preemption.Urgent urgent(int priority, boolean quotaReached) {
        return new Preemption.Urgent(new WaitingJob(new UUID(0, 99), priority, Instant.EPOCH, 99), "a", quotaReached);
    }

    private static RunningJob run(int number, int priority, int claimed, String project) {
        return new RunningJob(
                new UUID(0, number),
                1,
                "t" + number,
                "default",
                project,
                priority,
                Instant.ofEpochSecond(claimed),
                number);
    }
}
