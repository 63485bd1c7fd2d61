package dev.trainyard.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Stops and kills the launcher itself, so it runs after all classes that need the shared platform. */
@Order(Integer.MAX_VALUE - 1)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class LauncherIT {
    @RegisterExtension
    static final PlatformExtension platform = new PlatformExtension();

    @Test
    @Order(1)
    void theNextStartStopsTheOrphansOfAKilledLauncherAndLosesNoJob() throws Exception {
        Launcher killed = platform.sharedPlatform().launcher();
        String running = platform.submit(PlatformExtension.small(3));
        platform.awaitEpoch(running, 1);
        killed.kill();
        List<ProcessHandle> orphans = killed.processes();
        assertThat(orphans).isNotEmpty();

        Launcher next = platform.sharedPlatform().startAgain();
        assertThat(orphans).noneMatch(ProcessHandle::isAlive);
        assertThat(next.output()).contains("Stopped processes of an earlier start");
        assertThat(next.pidFiles()).containsExactly("gateway-1", "kafka", "postgres", "predictor-1", "trainer-1");
        platform.awaitStatus(running, "success");
    }

    @Test
    @Order(2)
    void sigtermStopsEverything() throws Exception {
        Launcher launcher = platform.sharedPlatform().launcher();
        List<ProcessHandle> all = launcher.processes();
        assertThat(all).hasSizeGreaterThanOrEqualTo(5);
        assertThat(launcher.terminate()).isZero();
        assertThat(all).noneMatch(ProcessHandle::isAlive);
        assertThat(launcher.processes()).isEmpty();
        assertThat(launcher.pidFiles()).isEmpty();
    }
}
