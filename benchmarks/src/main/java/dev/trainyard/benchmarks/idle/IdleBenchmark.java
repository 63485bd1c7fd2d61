package dev.trainyard.benchmarks.idle;

import dev.trainyard.artifact.FileTree;
import dev.trainyard.benchmarks.report.Table;
import dev.trainyard.standalone.platform.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Starts a platform twice in a new data folder and measures what it uses while it has nothing to do. Processor time is
 * that of the platform only, so it does not depend on other programs; the times to ready do.
 */
public final class IdleBenchmark {
    /** Until a JVM no longer compiles what the start ran. */
    private static final int SETTLE_SECONDS = Integer.getInteger("idle.settle", 60);

    private static final int SECONDS = Integer.getInteger("idle.seconds", 60);
    private static final double MAX_CORES = 0.04;
    private static final double MAX_MEGABYTES = 900;
    private static final double MAX_READY_SECONDS = 10;

    private IdleBenchmark() {}

    /** @param home the clone, with the services built */
    public static void run(Path home) throws Exception {
        Path data = Files.createTempDirectory("trainyard-idle");
        try {
            double first;
            long started = System.nanoTime();
            try (RunningPlatformProcess platform = RunningPlatformProcess.start(home, data, Ports.free())) {
                first = seconds(started);
            }
            started = System.nanoTime();
            try (RunningPlatformProcess platform = RunningPlatformProcess.start(home, data, Ports.free())) {
                double later = seconds(started);
                Table.row("ready, first start", Table.format("%.1f s", first), "", "", "");
                Table.row(
                        "ready, later start",
                        Table.format("%.1f s", later),
                        "",
                        ratio(later, MAX_READY_SECONDS),
                        Table.format("≤ %.0f s", MAX_READY_SECONDS));
                measure(platform);
            }
        } finally {
            FileTree.delete(data);
        }
    }

    private static void measure(RunningPlatformProcess platform) throws IOException, InterruptedException {
        Thread.sleep(SETTLE_SECONDS * 1_000L);
        Map<String, ProcessUsage> before = platform.usage();
        long started = System.nanoTime();
        Thread.sleep(SECONDS * 1_000L);
        Map<String, ProcessUsage> after = platform.usage();
        double seconds = seconds(started);
        ProcessUsage used = new ProcessUsage(0, 0, 0);
        ProcessUsage usedBefore = used;
        for (Map.Entry<String, ProcessUsage> part : after.entrySet()) {
            ProcessUsage earlier = before.get(part.getKey());
            if (earlier == null) {
                throw new IOException("%s was started during the measurement".formatted(part.getKey()));
            }
            Table.row("idle: " + part.getKey(), text(earlier, part.getValue(), seconds), "", "", "");
            used = used.plus(part.getValue());
            usedBefore = usedBefore.plus(earlier);
        }
        Table.row(
                "idle: the whole platform",
                text(usedBefore, used, seconds),
                "",
                ratio(used.coresSince(usedBefore, seconds), MAX_CORES) + ", "
                        + ratio(used.memory() / 1e6, MAX_MEGABYTES),
                Table.format("≤ %.2f of a core, ≤ %.0f MB", MAX_CORES, MAX_MEGABYTES));
    }

    private static String text(ProcessUsage before, ProcessUsage after, double seconds) {
        return Table.format(
                "%.4f of a core, %.0f MB, %d threads",
                after.coresSince(before, seconds), after.memory() / 1e6, after.threads());
    }

    private static String ratio(double measured, double limit) {
        return Table.format("%.2f", measured / limit);
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }
}
