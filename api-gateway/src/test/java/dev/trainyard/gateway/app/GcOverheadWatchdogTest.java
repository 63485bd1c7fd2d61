package dev.trainyard.gateway.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class GcOverheadWatchdogTest {
    private static final Duration WINDOW = Duration.ofSeconds(20);

    private final AtomicLong collected = new AtomicLong();
    private final GcOverheadWatchdog watchdog = new GcOverheadWatchdog(90, WINDOW, collected::get);

    @Test
    void theWatchdogActsOnlyIfCollectionTookMostOfAWindow() {
        assertThat(run(0, 100, 10))
                .as("busy for ten windows, and never collecting")
                .isFalse();
        assertThat(run(100, 17, 1_000))
                .as("collecting only, but not for a whole window")
                .isFalse();
        assertThat(run(117, 1, 0)).as("one quiet second").isFalse();
        assertThat(run(118, 19, 930)).isFalse();
        assertThat(run(137, 3, 930)).isTrue();
    }

    /** Checks each second from {@code second} on, each with the given collection time in milliseconds. */
    private boolean run(int second, int seconds, long millisEach) {
        boolean acts = false;
        for (int i = second; i < second + seconds; i++) {
            acts = watchdog.sample(TimeUnit.SECONDS.toNanos(i));
            collected.addAndGet(millisEach);
        }
        return acts;
    }

    /** A process with the launcher's garbage collector and an almost full heap. */
    @Test
    void aProcessThatOnlyCollectsGarbageExits() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx48m",
                        "-XX:+UseSerialGC",
                        "-XX:+ExitOnOutOfMemoryError",
                        "-cp",
                        System.getProperty("java.class.path"),
                        FullHeap.class.getName())
                .inheritIO()
                .start();
        try {
            assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(GcOverheadWatchdog.EXIT_CODE);
        } finally {
            process.destroyForcibly();
        }
    }

    /** Fills most of the heap, and then allocates garbage forever. */
    static final class FullHeap {
        private static volatile byte[] garbage;

        public static void main(String[] arguments) {
            new GcOverheadWatchdog(60, Duration.ofSeconds(2), GcOverheadWatchdog::collectedMillis)
                    .start(() -> GcOverheadWatchdog.endProcess(60, Duration.ofSeconds(2)));
            List<byte[]> held = new ArrayList<>();
            Runtime runtime = Runtime.getRuntime();
            while (runtime.maxMemory() - runtime.totalMemory() + runtime.freeMemory() > 1_500_000) {
                held.add(new byte[1_000]);
            }
            while (!held.isEmpty()) {
                garbage = new byte[100_000];
            }
        }
    }
}
