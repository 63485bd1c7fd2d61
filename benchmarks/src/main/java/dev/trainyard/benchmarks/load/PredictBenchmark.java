package dev.trainyard.benchmarks.load;

import dev.trainyard.benchmarks.report.Table;
import dev.trainyard.standalone.TerminationSignal;
import dev.trainyard.standalone.platform.Platform;
import dev.trainyard.standalone.platform.PlatformOptions;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;

/** Measures predictions over HTTP, gateway, Kafka and ONNX Runtime on a platform of its own. */
public final class PredictBenchmark {
    private static final int WARM_UP = 1_000;
    private static final int ROUNDS = 8;
    private static final int ROUND = 500;
    private static final int CLIENTS = 64;
    private static final int WARM_UP_SECONDS = 60;
    private static final Duration ECHO_WARM_UP = Duration.ofSeconds(5);
    private static final Duration ECHO_TIME = Duration.ofSeconds(10);
    private static final int RAMP_UP_SECONDS = 2;
    /** Default 20; set by PREDICT_SECONDS. */
    private static final int SECONDS = Integer.getInteger("predict.seconds", 20);

    private PredictBenchmark() {}

    /** @param home the clone, with the services built */
    public static void run(Path home) throws Exception {
        Path data = Files.createTempDirectory("trainyard-benchmark");
        PlatformOptions options = new PlatformOptions(home, data, null, 1, 0, 1);
        byte[] png = Files.readAllBytes(home.resolve("example/8.png"));
        byte[] request = HttpConnection.post("/api/v1/predict", "image/png", png);
        TerminationSignal.install(); // closes the platform on Ctrl-C
        try (Platform platform = Platform.start(options, System.err::println)) {
            platform.awaitWorkers();
            int port = URI.create(platform.url()).getPort();
            try (KafkaEcho bare = new KafkaEcho(platform.bootstrapServers())) {
                // JIT compilation during the measurement would take one of the two cores
                load(port, request, WARM_UP_SECONDS);
                bare.throughput(png, CLIENTS, ECHO_WARM_UP.toNanos());
                oneClient(bare, port, request, png);
                manyClients(bare, port, request, png);
            }
        }
    }

    private static void oneClient(KafkaEcho bare, int port, byte[] request, byte[] png) throws Exception {
        Histogram predict = new Histogram(3);
        Histogram echo = new Histogram(3);
        try (HttpConnection connection = new HttpConnection(port)) {
            for (int i = 0; i < WARM_UP; i++) {
                require(connection.send(request));
                bare.roundTrip(png);
            }
            for (int round = 0; round < ROUNDS; round++) {
                for (int i = 0; i < ROUND; i++) {
                    long started = System.nanoTime();
                    bare.roundTrip(png);
                    echo.recordValue(System.nanoTime() - started);
                }
                for (int i = 0; i < ROUND; i++) {
                    long started = System.nanoTime();
                    require(connection.send(request));
                    predict.recordValue(System.nanoTime() - started);
                }
            }
        }
        double ours = predict.getValueAtPercentile(50) / 1e6;
        double floor = echo.getValueAtPercentile(50) / 1e6;
        Table.row(
                "predict, 1 client, p50 against a bare Kafka echo",
                Table.format("%.2f ms (p99 %.1f ms)", ours, predict.getValueAtPercentile(99) / 1e6),
                Table.format("%.2f ms", floor),
                Table.format("%.2f", ours / floor),
                "≤ 2");
    }

    private static void manyClients(KafkaEcho bare, int port, byte[] request, byte[] png) throws Exception {
        double before = bare.throughput(png, CLIENTS, ECHO_TIME.toNanos());
        Load load = load(port, request, SECONDS);
        double echo = (before + bare.throughput(png, CLIENTS, ECHO_TIME.toNanos())) / 2;
        Table.row(
                "predict, 64 clients, %d s, against the echo with 64 on their way".formatted(SECONDS),
                Table.format("%,.0f predictions/s, %d errors", load.rate(), load.errors()),
                Table.format("%,.0f/s", echo),
                Table.format("%.2f", load.rate() / echo),
                "≥ 0.5 or 5,000 predictions/s, no errors");
    }

    private record Load(double rate, long errors) {}

    private static Load load(int port, byte[] request, int seconds) throws Exception {
        LongAdder answered = new LongAdder();
        LongAdder errors = new LongAdder();
        AtomicBoolean counting = new AtomicBoolean();
        AtomicBoolean ended = new AtomicBoolean();
        Thread[] clients = new Thread[CLIENTS];
        for (int i = 0; i < CLIENTS; i++) {
            clients[i] = new Thread(() -> {
                try (HttpConnection connection = new HttpConnection(port)) {
                    while (!ended.get()) {
                        boolean good = connection.send(request) == 200;
                        if (!good) {
                            errors.increment();
                        } else if (counting.get()) {
                            answered.increment();
                        }
                    }
                } catch (java.io.IOException e) {
                    errors.increment();
                }
            });
            clients[i].start();
        }
        TimeUnit.SECONDS.sleep(RAMP_UP_SECONDS);
        counting.set(true);
        long started = System.nanoTime();
        TimeUnit.SECONDS.sleep(seconds);
        double rate = answered.sum() / ((System.nanoTime() - started) / 1e9);
        ended.set(true);
        for (Thread client : clients) {
            client.join();
        }
        return new Load(rate, errors.sum());
    }

    private static void require(int status) {
        if (status != 200) {
            throw new IllegalStateException("a prediction was answered with " + status);
        }
    }
}
