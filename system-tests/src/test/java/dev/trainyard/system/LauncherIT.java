package dev.trainyard.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The launcher's own end, by force and by request; so it comes after all classes that need it. */
@Order(Integer.MAX_VALUE - 1)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class LauncherIT {
    @RegisterExtension
    static final PlatformExtension trial = new PlatformExtension();

    @Test
    @Order(1)
    void aKilledLauncherLeavesNothingThatTheNextStartDoesNotEndAndLosesNothing() throws Exception {
        Launcher killed = trial.platform().launcher();
        String running = trial.submit(PlatformExtension.small(3));
        trial.awaitEpoch(running, 1);
        killed.kill();
        List<ProcessHandle> orphans = killed.processes();
        assertThat(orphans).isNotEmpty();

        Launcher next = trial.platform().startAgain();
        assertThat(orphans).noneMatch(ProcessHandle::isAlive);
        assertThat(next.said()).contains("Ended what an earlier start had left running");
        assertThat(next.pidFiles()).containsExactly("gateway-1", "kafka", "postgres", "predictor-1", "trainer-1");
        trial.awaitStatus(running, "success");
    }

    @Test
    @Order(2)
    void sigtermStopsEverything() throws Exception {
        Launcher launcher = trial.platform().launcher();
        List<ProcessHandle> all = launcher.processes();
        assertThat(all).hasSizeGreaterThanOrEqualTo(5);
        assertThat(launcher.terminate()).isZero();
        assertThat(all).noneMatch(ProcessHandle::isAlive);
        assertThat(launcher.processes()).isEmpty();
        assertThat(launcher.pidFiles()).isEmpty();
    }
}
