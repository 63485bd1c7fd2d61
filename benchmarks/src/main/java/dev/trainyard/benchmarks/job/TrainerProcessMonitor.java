package dev.trainyard.benchmarks.job;

import dev.trainyard.benchmarks.idle.ProcessUsage;
import dev.trainyard.standalone.platform.Platform;
import dev.trainyard.system.chaos.FaultInjector;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** The only trainer of a platform, started again: its start, its peak memory, and a recording of its jobs. */
final class TrainerProcessMonitor implements AutoCloseable {
    private static final String TRAINER = "trainer-1";
    private static final long SAMPLE_MILLIS = 200;
    private static final long POLL_MILLIS = 20;

    private final ProcessHandle process;
    private final double readySeconds;
    private final AtomicLong peak = new AtomicLong();
    private final ScheduledExecutorService sampler = Executors.newSingleThreadScheduledExecutor();

    private TrainerProcessMonitor(ProcessHandle process, double readySeconds) {
        this.process = process;
        this.readySeconds = readySeconds;
        sampler.scheduleWithFixedDelay(this::sample, 0, SAMPLE_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Kills the trainer and waits until the one that replaces it is ready and records. */
    static TrainerProcessMonitor restart(Platform platform) throws IOException, InterruptedException {
        FaultInjector processes = new FaultInjector(platform.dataDir().resolve("run"));
        long before = processes.process(TRAINER).orElseThrow().pid();
        processes.kill(TRAINER);
        // readiness can only be polled
        while (processes.process(TRAINER).map(ProcessHandle::pid).orElse(before) == before
                || platform.startingWorkers().contains(TRAINER)) {
            Thread.sleep(POLL_MILLIS);
        }
        Instant ready = Instant.now();
        ProcessHandle process = processes.process(TRAINER).orElseThrow();
        Instant started = process.info().startInstant().orElseThrow();
        TrainerProcessMonitor monitor = new TrainerProcessMonitor(
                process, Duration.between(started, ready).toMillis() / 1e3);
        monitor.jcmd("JFR.start", "name=jobs", "settings=profile");
        return monitor;
    }

    /** Seconds from the start of the process until it was ready. */
    double readySeconds() {
        return readySeconds;
    }

    /** Largest memory in bytes (PSS) so far, with that of the recording. */
    long peakMemory() {
        return peak.get();
    }

    /** Writes what has been recorded to {@code file}. */
    void dump(Path file) throws IOException, InterruptedException {
        jcmd("JFR.dump", "name=jobs", "filename=" + file);
    }

    private void sample() {
        try {
            long now = ProcessUsage.of(List.of(process)).memory();
            peak.accumulateAndGet(now, Math::max);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void jcmd(String... command) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(), String.valueOf(process.pid())));
        all.addAll(List.of(command));
        int status = new ProcessBuilder(all)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
        if (status != 0) {
            throw new IOException("%s ended with status %d".formatted(all, status));
        }
    }

    @Override
    public void close() {
        sampler.shutdownNow();
    }
}
