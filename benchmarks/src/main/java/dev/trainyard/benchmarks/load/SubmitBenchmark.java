package dev.trainyard.benchmarks.load;

import dev.trainyard.benchmarks.report.Table;
import dev.trainyard.standalone.TerminationSignal;
import dev.trainyard.standalone.platform.Platform;
import dev.trainyard.standalone.platform.PlatformOptions;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * Submits jobs at a constant rate, independent of the gateway's speed. Each latency counts from the time at which the
 * request was due, so that a stall shows in all requests behind it.
 */
public final class SubmitBenchmark {
    private static final int RATE = 330;
    private static final int WARM_UP_SECONDS = 15;
    private static final int SECONDS = 30;
    private static final int CLIENTS = 64;
    private static final byte[] CONFIG = """
            {"dataset":"MnistDataset","model":"DigitModel","network":"lenet5","network_args":{},\
            "train_args":{"batch_size":32,"epochs":10},"save_weights":true}""".getBytes(StandardCharsets.UTF_8);

    private SubmitBenchmark() {}

    /** @param home the clone, with the services built */
    public static void run(Path home) throws Exception {
        Path data = Files.createTempDirectory("trainyard-benchmark");
        // no trainers: only the acceptance of jobs is measured
        PlatformOptions options = new PlatformOptions(home, data, null, 1, 0, 0);
        byte[] request = HttpConnection.post("/api/v1/train", "application/json", CONFIG);
        TerminationSignal.install(); // closes the platform on Ctrl-C
        try (Platform platform = Platform.start(options, System.err::println)) {
            platform.awaitWorkers();
            int port = URI.create(platform.url()).getPort();
            Histogram latencies = new ConcurrentHistogram(3);
            LongAdder errors = new LongAdder();
            post(port, request, WARM_UP_SECONDS, new ConcurrentHistogram(3), errors);
            double rate = post(port, request, SECONDS, latencies, errors);
            double p99 = latencies.getValueAtPercentile(99) / 1e6;
            Table.row(
                    "POST /train, %d jobs/s offered for %d s".formatted(RATE, SECONDS),
                    Table.format(
                            "%,.0f jobs/s, p50 %.1f ms, p99 %.1f ms",
                            rate, latencies.getValueAtPercentile(50) / 1e6, p99),
                    errors.sum() + " errors",
                    Table.format("%.2f", rate / 300),
                    "≥ 300 jobs/s, p99 < 250 ms");
        }
    }

    /** Accepted jobs per second, from the first due time to the last response. */
    private static double post(int port, byte[] request, int seconds, Histogram latencies, LongAdder errors)
            throws Exception {
        int count = RATE * seconds;
        long pause = 1_000_000_000L / RATE;
        AtomicInteger next = new AtomicInteger();
        LongAdder accepted = new LongAdder();
        long started = System.nanoTime();
        Thread[] clients = new Thread[CLIENTS];
        for (int i = 0; i < CLIENTS; i++) {
            clients[i] = new Thread(() -> {
                try (HttpConnection connection = new HttpConnection(port)) {
                    for (int n = next.getAndIncrement(); n < count; n = next.getAndIncrement()) {
                        long due = started + n * pause;
                        while (System.nanoTime() < due) {
                            LockSupport.parkNanos(due - System.nanoTime());
                        }
                        if (connection.send(request) == 202) {
                            accepted.increment();
                        } else {
                            errors.increment();
                        }
                        latencies.recordValue(System.nanoTime() - due);
                    }
                } catch (java.io.IOException e) {
                    errors.increment();
                }
            });
            clients[i].start();
        }
        for (Thread client : clients) {
            client.join();
        }
        return accepted.sum() / ((System.nanoTime() - started) / 1e9);
    }
}
