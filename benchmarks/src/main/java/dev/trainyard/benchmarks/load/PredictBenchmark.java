package dev.trainyard.benchmarks.load;

import dev.trainyard.benchmarks.report.Table;
import dev.trainyard.standalone.TerminationSignal;
import dev.trainyard.standalone.platform.Platform;
import dev.trainyard.standalone.platform.PlatformOptions;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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
    /** Default 20; set by PREDICT_SECONDS. */
    private static final int SECONDS = Integer.getInteger("predict.seconds", 20);

    private PredictBenchmark() {}

    /** @param home the clone, with the services built */
    public static void run(Path home) throws Exception {
        Path data = Files.createTempDirectory("trainyard-benchmark");
        PlatformOptions options = new PlatformOptions(home, data, null, 1, 0, 1);
        byte[] png = Files.readAllBytes(home.resolve("example/8.png"));
        byte[] request = PredictRequests.form(png, null);
        TerminationSignal.install(); // closes the platform on Ctrl-C
        try (Platform platform = Platform.start(options, System.err::println)) {
            platform.awaitWorkers();
            int port = URI.create(platform.url()).getPort();
            try (KafkaEcho bare = new KafkaEcho(platform.kafka())) {
                // JIT compilation during the measurement would take one of the two cores
                ManyClients.load(port, request, CLIENTS, WARM_UP_SECONDS);
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
                "≤ 1.5");
    }

    private static void manyClients(KafkaEcho bare, int port, byte[] request, byte[] png) throws Exception {
        double before = bare.throughput(png, CLIENTS, ECHO_TIME.toNanos());
        ManyClients.Load load = ManyClients.load(port, request, CLIENTS, SECONDS);
        double echo = (before + bare.throughput(png, CLIENTS, ECHO_TIME.toNanos())) / 2;
        Table.row(
                "predict, 64 clients, %d s, against the echo with 64 on their way".formatted(SECONDS),
                Table.format("%,.0f predictions/s, %d errors", load.rate(), load.errors()),
                Table.format("%,.0f/s", echo),
                Table.format("%.2f", load.rate() / echo),
                "≥ 0.5 or 5,000 predictions/s, no errors");
    }

    private static void require(int status) {
        if (status != 200) {
            throw new IllegalStateException("a prediction was answered with " + status);
        }
    }
}
