package dev.trainyard.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Environment variables that shift a process's clock by a little more than an hour, with libfaketime. */
final class FakeClock {
    /** More than an hour, from which on a broker rejects records from the future. */
    private static final int MINUTES = 65;

    private static final List<Path> LIBRARIES = List.of(
            Path.of("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"),
            Path.of("/usr/lib64/faketime/libfaketime.so.1"),
            Path.of("/usr/local/lib/faketime/libfaketime.so.1"));

    private final Path library;

    private FakeClock(Path library) {
        this.library = library;
    }

    /** @return empty if libfaketime is not installed or does not work with this JVM */
    static Optional<FakeClock> find() throws IOException, InterruptedException {
        Optional<Path> library = LIBRARIES.stream().filter(Files::exists).findFirst();
        if (library.isEmpty()) {
            return Optional.empty();
        }
        FakeClock clock = new FakeClock(library.get());
        return works(clock.ahead()) ? Optional.of(clock) : Optional.empty();
    }

    Map<String, String> ahead() {
        return environment("+" + MINUTES + "m");
    }

    Map<String, String> behind() {
        return environment("-" + MINUTES + "m");
    }

    private Map<String, String> environment(String offset) {
        return Map.of(
                "LD_PRELOAD",
                library.toString(),
                "FAKETIME",
                offset,
                "FAKETIME_DONT_FAKE_MONOTONIC",
                "1",
                // otherwise timed waits of this JVM never end with Debian 12's version
                "FAKETIME_FORCE_MONOTONIC_FIX",
                "0");
    }

    private static boolean works(Map<String, String> environment) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        FakeClock.class.getName(),
                        Instant.now().toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(environment);
        Process probe = builder.start();
        boolean ended = probe.waitFor(30, TimeUnit.SECONDS);
        probe.destroyForcibly();
        return ended && probe.exitValue() == 0;
    }

    /**
     * Main class of the probed process: exits with 0 if its clock is shifted against the argument and timed waits end.
     */
    public static void main(String[] truth) throws InterruptedException {
        long offset =
                Duration.between(Instant.parse(truth[0]), Instant.now()).abs().toMinutes();
        ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);
        CountDownLatch ticks = new CountDownLatch(3);
        timer.scheduleWithFixedDelay(ticks::countDown, 10, 10, TimeUnit.MILLISECONDS);
        boolean ticked = ticks.await(10, TimeUnit.SECONDS);
        timer.shutdownNow();
        System.exit(ticked && offset >= MINUTES - 2 && offset <= MINUTES + 2 ? 0 : 1);
    }
}
