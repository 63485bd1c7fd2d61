package dev.trainyard.benchmarks.hostile;

import dev.trainyard.benchmarks.load.HttpConnection;
import dev.trainyard.benchmarks.report.Table;
import dev.trainyard.image.testing.HostilePngs;
import dev.trainyard.standalone.TerminationSignal;
import dev.trainyard.standalone.platform.Platform;
import dev.trainyard.standalone.platform.PlatformOptions;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Sends hostile images over HTTP. Each must be predicted or rejected, without server errors or restarts. */
public final class HostileImagesBenchmark {
    private static final int GOOD_EVERY = 100;
    private static final int PROGRESS_INTERVAL = 50_000;

    private final HostileOptions options;
    private final int port;
    private final byte[] good;
    private final Map<Integer, LongAdder> statuses = new ConcurrentSkipListMap<>();
    private final LongAdder goodAnswered = new LongAdder();
    private final LongAdder goodFailed = new LongAdder();
    private final LongAdder unanswered = new LongAdder();
    private final Histogram latencies = new ConcurrentHistogram(3);
    private final AtomicLong next = new AtomicLong();

    private HostileImagesBenchmark(HostileOptions options, int port, byte[] good) {
        this.options = options;
        this.port = port;
        this.good = HttpConnection.post("/api/v1/predict", "image/png", good);
    }

    /**
     * Runs the benchmark and prints the result.
     *
     * @param home the clone, with the services built
     * @return the exit status
     */
    public static int run(Path home, List<String> arguments) throws Exception {
        if (arguments.contains("--help")) {
            System.out.print(HostileOptions.HELP);
            return 0;
        }
        HostileOptions options;
        try {
            options = HostileOptions.parse(arguments);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage() + "\n\n" + HostileOptions.HELP);
            return 2;
        }
        byte[] good = Files.readAllBytes(home.resolve("example/8.png"));
        URI url = options.url();
        if (url != null) {
            return new HostileImagesBenchmark(options, url.getPort(), good).attack("not seen");
        }
        Path data = Files.createTempDirectory("trainyard-hostile");
        LongAdder restarts = new LongAdder();
        TerminationSignal.install(); // closes the platform on Ctrl-C
        try (Platform platform = Platform.start(new PlatformOptions(home, data, null, 1, 0, 1), line -> {
            System.err.println(line);
            if (line.contains("starting it again")) {
                restarts.increment();
            }
        })) {
            platform.awaitWorkers();
            int failed = new HostileImagesBenchmark(
                            options, URI.create(platform.url()).getPort(), good)
                    .attack(restarts);
            return restarts.sum() > 0 ? 1 : failed;
        }
    }

    /** @param restarts printed as the number of restarts */
    private int attack(Object restarts) throws InterruptedException {
        long started = System.nanoTime();
        Thread[] clients = new Thread[options.clients()];
        for (int i = 0; i < clients.length; i++) {
            clients[i] = new Thread(this::client, "client-" + i);
            clients[i].start();
        }
        for (Thread client : clients) {
            client.join();
        }
        double seconds = (System.nanoTime() - started) / 1e9;
        boolean last = goodAtTheEnd();
        long serverErrors = statuses.entrySet().stream()
                .filter(status -> status.getKey() >= 500)
                .mapToLong(status -> status.getValue().sum())
                .sum();
        System.out.println(Table.format(
                "%,d hostile images in %.0f s, %,.0f per second, %d clients, seeds from %d",
                options.count(), seconds, options.count() / seconds, options.clients(), options.seed()));
        statuses.forEach((status, count) -> System.out.println(Table.format("%d: %,d", status, count.sum())));
        System.out.println(
                Table.format("5xx: %,d; not answered: %,d; restarts: %s", serverErrors, unanswered.sum(), restarts));
        System.out.println(Table.format(
                "latency p50 %.1f ms, p99 %.1f ms, max %.1f ms",
                latencies.getValueAtPercentile(50) / 1e6,
                latencies.getValueAtPercentile(99) / 1e6,
                latencies.getMaxValue() / 1e6));
        System.out.println(Table.format(
                "valid images in between: %,d answered, %,d not; one at the end: %s",
                goodAnswered.sum(), goodFailed.sum(), last ? "answered" : "not answered"));
        return serverErrors + unanswered.sum() + goodFailed.sum() == 0 && last ? 0 : 1;
    }

    private void client() {
        @Nullable HttpConnection connection = null;
        for (long i = next.getAndIncrement(); i < options.count(); i = next.getAndIncrement()) {
            try {
                connection = connection == null ? new HttpConnection(port) : connection;
                attack(connection, options.seed() + i);
                if (i % GOOD_EVERY == 0) {
                    (connection.send(good) == 200 ? goodAnswered : goodFailed).increment();
                }
            } catch (IOException e) {
                System.err.println(HostilePngs.of(options.seed() + i) + " was not answered: " + e);
                unanswered.increment();
                close(connection);
                connection = null;
            }
            if ((i + 1) % PROGRESS_INTERVAL == 0) {
                System.err.println(Table.format("%,d sent", i + 1));
            }
        }
        close(connection);
    }

    private void attack(HttpConnection connection, long seed) throws IOException {
        byte[] request = HttpConnection.post(
                "/api/v1/predict", "image/png", HostilePngs.of(seed).bytes());
        long sent = System.nanoTime();
        int status = connection.send(request);
        latencies.recordValue(System.nanoTime() - sent);
        statuses.computeIfAbsent(status, key -> new LongAdder()).increment();
        if (status >= 500) {
            System.err.println(HostilePngs.of(seed) + " was answered with " + status);
        }
    }

    private boolean goodAtTheEnd() {
        try (HttpConnection connection = new HttpConnection(port)) {
            return connection.send(good) == 200;
        } catch (IOException e) {
            return false;
        }
    }

    private static void close(@Nullable HttpConnection connection) {
        if (connection != null) {
            try {
                connection.close();
            } catch (IOException e) {
                System.err.println("a connection could not be closed: " + e);
            }
        }
    }
}
