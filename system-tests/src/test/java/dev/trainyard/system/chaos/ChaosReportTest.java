package dev.trainyard.system.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChaosReportTest {
    private static final Instant START = Instant.parse("2026-11-28T15:00:00Z");
    private static final Duration LEASE = Duration.ofSeconds(10);
    private final AvailabilityMonitor always = new AvailabilityMonitor(() -> true);

    @Test
    void aRecoveryBeginsWithTheFirstFaultOfTheWorker() {
        assertThat(recovery(
                        fault("trainer-2", "kill", 2, 0),
                        fault("trainer-1", "kill", 5, 0),
                        fault("trainer-1", "kill", 9, 0)))
                .startsWith("recovery 15.0 s");
    }

    @Test
    void aFreezeShorterThanTheLeaseIsNotTheCauseIfAKillFollows() {
        assertThat(recovery(fault("trainer-1", "freeze", 5, 6), fault("trainer-1", "kill", 12, 0)))
                .startsWith("recovery 8.0 s")
                .contains("kill of trainer-1");
    }

    @Test
    void aFreezeLongerThanTheLeaseIsTheCause() {
        assertThat(recovery(fault("trainer-1", "freeze", 5, 11), fault("trainer-1", "kill", 17, 0)))
                .startsWith("recovery 15.0 s");
    }

    @Test
    void aShortFreezeIsTheCauseWithoutAnotherFault() {
        assertThat(recovery(fault("trainer-1", "freeze", 5, 6))).startsWith("recovery 15.0 s");
    }

    /** Recovery of a job that trainer-1 claimed at the start and that was queued again 20 s later. */
    private String recovery(FaultInjector.Fault... faults) {
        ChaosReport report = new ChaosReport(LEASE);
        report.lost("job", "trainer-1", START, START.plusSeconds(20), List.of(faults), always);
        assertThat(report.slowestRecoveries()).hasSize(1);
        return report.slowestRecoveries().get(0);
    }

    private static FaultInjector.Fault fault(String process, String kind, int second, int length) {
        return new FaultInjector.Fault(process, kind, START.plusSeconds(second), Duration.ofSeconds(length));
    }
}
