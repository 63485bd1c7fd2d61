package dev.trainyard.benchmarks.peers;

import dev.trainyard.benchmarks.load.HttpConnection;
import dev.trainyard.benchmarks.load.KafkaEcho;
import dev.trainyard.benchmarks.load.ManyClients;
import dev.trainyard.benchmarks.report.Table;
import dev.trainyard.standalone.TerminationSignal;
import dev.trainyard.standalone.platform.Platform;
import dev.trainyard.standalone.platform.PlatformOptions;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/** Predictions of the bundled model over HTTP: the platform and servers in Python, all started, measured in turns. */
final class PredictionComparison {
    private static final int CLIENTS = 64;
    private static final int TURNS = 3;
    private static final int REQUESTS = 500;
    /** Flask with Keras takes about 60 ms for each. */
    private static final int SLOW_REQUESTS = 20;

    private static final int WARM_UP_SECONDS = Integer.getInteger("peers.warmup", 60);
    private static final int SECONDS = Integer.getInteger("peers.seconds", 8);

    private PredictionComparison() {}

    static void run(Path home, PeerEnvironments environments) throws Exception {
        Path model = home.resolve("api-gateway/src/main/resources/bundled/DigitModel/model.onnx");
        Path data = Files.createTempDirectory("trainyard-benchmark");
        byte[] png = Files.readAllBytes(home.resolve("example/8.png"));
        TerminationSignal.install(); // closes the platform on Ctrl-C
        try (PeerServer one = PeerServer.fastApi(environments, model, 1);
                PeerServer two = PeerServer.fastApi(environments, model, 2);
                PeerServer flask = PeerServer.flask(environments, model);
                Platform platform =
                        Platform.start(new PlatformOptions(home, data, null, 1, 0, 1), System.err::println)) {
            platform.awaitWorkers();
            Target ours = target("this platform", URI.create(platform.url()).getPort(), "/api/v1/predict", png);
            Target slow = target("Flask + tf.keras", flask.port(), "/predict", png);
            List<Target> fast = List.of(
                    ours,
                    target("FastAPI + ONNX Runtime, 1 worker", one.port(), "/predict", png),
                    target("FastAPI + ONNX Runtime, 2 workers", two.port(), "/predict", png));
            Histogram echo = new Histogram(3);
            try (KafkaEcho bare = new KafkaEcho(platform.kafka())) {
                for (Target each : fast) {
                    each.requireEight();
                    // only Java compiles while it runs
                    ManyClients.load(each.port(), each.request(), CLIENTS, each == ours ? WARM_UP_SECONDS : 3);
                }
                slow.requireEight();
                oneClient(fast, REQUESTS, 1);
                echo(bare, echo, png);
                fast.forEach(each -> each.latencies().reset());
                echo.reset();
                for (int turn = 0; turn < TURNS; turn++) {
                    echo(bare, echo, png);
                    oneClient(fast, REQUESTS, 1);
                }
            }
            oneClient(List.of(slow), SLOW_REQUESTS, TURNS);
            for (int turn = 0; turn < TURNS; turn++) {
                for (Target each : fast) {
                    manyClients(each);
                }
            }
            manyClients(slow);
            List<Target> all = new ArrayList<>(fast);
            all.add(slow);
            print(ours, all, echo.getValueAtPercentile(50) / 1e6);
        }
    }

    private static Target target(String title, int port, String path, byte[] png) {
        return new Target(title, port, path, png, new Histogram(3), new ArrayList<>());
    }

    private static void echo(KafkaEcho bare, Histogram echo, byte[] png) {
        for (int i = 0; i < REQUESTS; i++) {
            long started = System.nanoTime();
            bare.roundTrip(png);
            echo.recordValue(System.nanoTime() - started);
        }
    }

    private static void oneClient(List<Target> targets, int requests, int turns) throws Exception {
        for (int turn = 0; turn < turns; turn++) {
            for (Target each : targets) {
                try (HttpConnection connection = new HttpConnection(each.port())) {
                    each.measure(connection, requests);
                }
                System.err.println(Table.format("%s: one client, p50 %.2f ms", each.title(), each.p50()));
            }
        }
    }

    private static void manyClients(Target target) throws Exception {
        System.err.printf("%s: %d clients for %d s%n", target.title(), CLIENTS, SECONDS);
        ManyClients.Load load = ManyClients.load(target.port(), target.request(), CLIENTS, SECONDS);
        if (load.errors() > 0) {
            System.err.printf("%s: %d errors%n", target.title(), load.errors());
        }
        target.rates().add(load.rate());
    }

    private static void print(Target ours, List<Target> all, double echo) {
        System.out.println(
                "| predictions, multipart PNG | 1 client, p50 | p99 | 64 clients, predictions/s | our rate is higher by | required |");
        System.out.println("|---|---|---|---|---|---|");
        double rate = Table.median(ours.rates());
        for (Target each : all) {
            double other = Table.median(each.rates());
            System.out.println(Table.format(
                    "| %s | %.2f ms | %.2f ms | %,.0f | %.2f | %s |",
                    each.title(),
                    each.p50(),
                    each.latencies().getValueAtPercentile(99) / 1e6,
                    other,
                    rate / other,
                    each.title().startsWith("FastAPI") ? "≥ 1.6" : ""));
        }
        System.out.println(Table.format(
                "| bare Kafka echo | %.2f ms | | | p50 of ours: %.2f of it | ≤ 1.5 |", echo, ours.p50() / echo));
    }
}
