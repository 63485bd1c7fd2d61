package dev.trainyard.standalone.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LowPriorityTest {
    /** Many threads that each start another one on request. */
    static final class Threads {
        private static final int COUNT = 20;

        private Threads() {}

        public static void main(String[] args) throws Exception {
            for (int i = 0; i < COUNT; i++) {
                start();
            }
            System.out.println("started");
            System.in.read();
            start();
            System.out.println("one more");
            System.in.read();
        }

        private static void start() {
            Thread thread = new Thread(() -> {
                try {
                    Thread.sleep(Long.MAX_VALUE);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            thread.setDaemon(true);
            thread.start();
        }
    }

    @Test
    void everyThreadIsLoweredIncludingLaterOnes() throws Exception {
        assumeThat(Path.of("/usr/bin/renice")).exists();
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Threads.class.getName())
                .start();
        try (var output = process.inputReader()) {
            assertThat(output.readLine()).isEqualTo("started");
            int own = LowPriority.niceness(Path.of("/proc/self"));
            assertThat(niceness(process)).hasSizeGreaterThan(20).containsOnly(own);

            LowPriority.set(process.toHandle());

            int lowered = Math.min(19, own + LowPriority.NICENESS);
            assertThat(niceness(process)).hasSizeGreaterThan(20).containsOnly(lowered);
            process.getOutputStream().write('\n');
            process.getOutputStream().flush();
            assertThat(output.readLine()).isEqualTo("one more");
            assertThat(niceness(process)).containsOnly(lowered);
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void aThreadThatExitsMeanwhileIsSkipped(@TempDir Path tasks) throws Exception {
        String stat = "%s (a name) S" + " 0".repeat(15) + " 5 0 0";
        Files.writeString(Files.createDirectory(tasks.resolve("1")).resolve("stat"), stat.formatted(1));
        Files.createDirectories(tasks.resolve("2/stat")); // reading fails for another reason than a missing file
        Files.writeString(Files.createDirectory(tasks.resolve("3")).resolve("stat"), "");
        Files.createDirectory(tasks.resolve("4"));
        assertThat(LowPriority.nicerThan(10, tasks)).containsExactly("1");
    }

    private static List<Integer> niceness(Process process) throws IOException {
        try (Stream<Path> threads = Files.list(Path.of("/proc/" + process.pid() + "/task"))) {
            return threads.map(thread -> {
                        try {
                            return LowPriority.niceness(thread);
                        } catch (IOException e) {
                            return null; // just exited
                        }
                    })
                    .filter(java.util.Objects::nonNull)
                    .toList();
        }
    }
}
