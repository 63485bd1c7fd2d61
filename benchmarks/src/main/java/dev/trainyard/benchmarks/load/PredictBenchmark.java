package dev.trainyard.benchmarks.load;

import dev.trainyard.benchmarks.Table;
import dev.trainyard.standalone.platform.Platform;
import dev.trainyard.standalone.platform.PlatformOptions;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;

/** Predictions over HTTP, gateway, Kafka and ONNX Runtime on a platform of its own. */
public final class PredictBenchmark {
    private static final int WARM_UP = 3_000;
    private static final int ROUNDS = 8;
    private static final int ROUND = 500;
    private static final int CLIENTS = 64;
    private static final int WARM_UP_SECONDS = 15;
    /** 20, or PREDICT_SECONDS. */
    private static final int SECONDS = Integer.getInteger("predict.seconds", 20);

    private PredictBenchmark() {}

    /** @param home the clone, with the services built */
    public static void run(Path home) throws Exception {
        Path data = Files.createTempDirectory("trainyard-benchmark");
        PlatformOptions options = new PlatformOptions(home, data, null, 1, 0, 1);
        byte[] png = Files.readAllBytes(home.resolve("example/8.png"));
        byte[] request = HttpConnection.post("/api/v1/predict", "image/png", png);
        try (Platform platform = Platform.start(options, System.err::println)) {
            int port = URI.create(platform.url()).getPort();
            oneClient(platform, port, request, png);
            manyClients(port, request);
        }
    }

    private static void oneClient(Platform platform, int port, byte[] request, byte[] png) throws Exception {
        Histogram predict = new Histogram(3);
        Histogram echo = new Histogram(3);
        try (HttpConnection connection = new HttpConnection(port);
                KafkaEcho bare = new KafkaEcho(platform.bootstrapServers())) {
            for (int i = 0; i < WARM_UP; i++) {
                require(connection.send(request));
                bare.send(png);
            }
            for (int round = 0; round < ROUNDS; round++) {
                for (int i = 0; i < ROUND; i++) {
                    long started = System.nanoTime();
                    bare.send(png);
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

    private static void manyClients(int port, byte[] request) throws Exception {
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
        TimeUnit.SECONDS.sleep(WARM_UP_SECONDS);
        counting.set(true);
        long started = System.nanoTime();
        TimeUnit.SECONDS.sleep(SECONDS);
        double rate = answered.sum() / ((System.nanoTime() - started) / 1e9);
        ended.set(true);
        for (Thread client : clients) {
            client.join();
        }
        Table.row(
                "predict, 64 clients, %d s".formatted(SECONDS),
                Table.format("%,.0f predictions/s", rate),
                errors.sum() + " errors",
                Table.format("%.2f", rate / 5_000),
                "≥ 5,000 predictions/s, no errors");
    }

    private static void require(int status) {
        if (status != 200) {
            throw new IllegalStateException("a prediction was answered with " + status);
        }
    }
}
