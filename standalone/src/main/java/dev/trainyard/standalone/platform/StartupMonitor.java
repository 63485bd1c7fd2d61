package dev.trainyard.standalone.platform;

import dev.trainyard.standalone.process.ManagedProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Waits for starting processes as long as they run, because the time depends on the machine. Meanwhile it reports which
 * ones are still starting and where their logs are.
 */
final class StartupMonitor {
    /** Number of exits before the first response after which a start is not worth another attempt. */
    private static final int MAX_FAILED_STARTS = 3;

    private static final Duration POLL_INTERVAL = Duration.ofMillis(500);
    private static final Duration FIRST_REPORT = Duration.ofSeconds(10);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

    private final Consumer<String> messages;
    private final @Nullable Duration limit;
    private final long start = System.nanoTime();
    private Duration nextReport = FIRST_REPORT;
    private Duration pause = FIRST_REPORT;

    /** @param limit total time to wait; null for none */
    StartupMonitor(Consumer<String> messages, @Nullable Duration limit) {
        this.messages = messages;
        this.limit = limit;
    }

    /** @throws IOException if a process exits repeatedly, or the limit is exceeded */
    void await(List<ManagedProcess> processes) throws IOException, InterruptedException {
        for (ManagedProcess process : processes) {
            while (!process.awaitReady(POLL_INTERVAL)) {
                for (ManagedProcess each : processes) {
                    requireNotFailing(each);
                }
                checkTime(describe(processes));
            }
        }
    }

    /** Like {@link #await}, but leaves a process that exits repeatedly to the supervisor, which keeps restarting it. */
    void awaitIndefinitely(List<ManagedProcess> processes) throws InterruptedException {
        for (ManagedProcess process : processes) {
            while (!process.awaitReady(POLL_INTERVAL)) {
                report(describe(processes));
            }
        }
    }

    /** Call this while waiting for something other than a process. */
    void checkTime(String waitedFor) throws IOException {
        if (limit != null && elapsed().compareTo(limit) > 0) {
            throw new StartTimeoutException(
                    "Not ready after %s (--start-timeout): still starting: %s.".formatted(format(limit), waitedFor));
        }
        report(waitedFor);
    }

    private void report(String waitedFor) {
        Duration elapsed = elapsed();
        if (elapsed.compareTo(nextReport) >= 0) {
            messages.accept("Still starting after %s: %s.".formatted(format(elapsed), waitedFor));
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause.multipliedBy(2);
            nextReport = elapsed.plus(pause);
        }
    }

    private static void requireNotFailing(ManagedProcess process) throws IOException {
        if (process.failedStarts() >= MAX_FAILED_STARTS) {
            throw new IOException("%s does not start: %d times in a row it %s"
                    .formatted(process.name(), process.failedStarts(), process.lastExit()));
        }
    }

    static List<ManagedProcess> starting(List<ManagedProcess> processes) {
        return processes.stream().filter(process -> !process.isReady()).toList();
    }

    private static String describe(List<ManagedProcess> processes) {
        return starting(processes).stream()
                .map(process -> "%s (log: %s)".formatted(process.name(), process.log()))
                .collect(Collectors.joining(", "));
    }

    private Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - start);
    }

    static String format(Duration time) {
        long seconds = time.toSeconds();
        return seconds < 60 ? seconds + " s" : "%d min %d s".formatted(seconds / 60, seconds % 60);
    }
}
