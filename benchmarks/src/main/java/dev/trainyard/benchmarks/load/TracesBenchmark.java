package dev.trainyard.benchmarks.load;

import com.sun.net.httpserver.HttpServer;
import dev.trainyard.benchmarks.report.Table;
import dev.trainyard.standalone.TerminationSignal;
import dev.trainyard.standalone.platform.Platform;
import dev.trainyard.standalone.platform.PlatformOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/**
 * Measures what traces cost: two platforms take turns, one of them sends one percent of the traces to a collector, which
 * ignores them. The start of each is measured too.
 */
public final class TracesBenchmark {
    private static final String RATIO = "0.01";
    private static final int CLIENTS = 64;
    private static final int TURNS = 8;
    private static final int WARM_UP_SECONDS = 45;
    private static final int TURN_SECONDS = 8;

    private TracesBenchmark() {}

    /** A running platform with its time to start. */
    private record Started(Platform platform, Path data, Duration took) implements AutoCloseable {
        /** Of the gateway and the predictor; it does not depend on what else runs on the machine, as the rate does. */
        double processorSeconds() throws IOException {
            double seconds = 0;
            for (String name : List.of("gateway-1", "predictor-1")) {
                long pid = Long.parseLong(
                        Files.readString(data.resolve("run/" + name + ".pid")).strip());
                seconds += ProcessHandle.of(pid)
                                .flatMap(process -> process.info().totalCpuDuration())
                                .orElseThrow()
                                .toNanos()
                        / 1e9;
            }
            return seconds;
        }

        int port() {
            return URI.create(platform.url()).getPort();
        }

        @Override
        public void close() {
            platform.close();
        }
    }

    /** @param home the clone, with the services built */
    public static void run(Path home) throws Exception {
        LongAdder exports = new LongAdder();
        HttpServer collector = collector(exports);
        TerminationSignal.install(); // closes the platforms on Ctrl-C
        try (Started without = start(home, Map.of());
                Started with = start(
                        home,
                        Map.of(
                                "TRAINYARD_TRACES_ENDPOINT",
                                "http://127.0.0.1:" + collector.getAddress().getPort(),
                                "TRAINYARD_TRACES_RATIO",
                                RATIO,
                                "QUARKUS_OTEL_EXPORTER_OTLP_PROTOCOL",
                                "http/protobuf"))) {
            Table.row(
                    "start with traces against without",
                    Table.format("%.1f s", with.took().toMillis() / 1e3),
                    Table.format("%.1f s", without.took().toMillis() / 1e3),
                    "",
                    "");
            byte[] request = PredictRequests.form(Files.readAllBytes(home.resolve("example/8.png")), null);
            for (Started each : List.of(without, with)) {
                // JIT compilation during the measurement would take one of the two cores
                ManyClients.load(each.port(), request, CLIENTS, WARM_UP_SECONDS);
            }
            manyClients(without, with, request);
            if (exports.sum() == 0) {
                throw new IllegalStateException("the collector got no traces");
            }
        } finally {
            collector.stop(0);
        }
    }

    private static HttpServer collector(LongAdder exports) throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/v1/traces", exchange -> {
            try (InputStream body = exchange.getRequestBody()) {
                body.transferTo(OutputStream.nullOutputStream());
            }
            exports.increment();
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        server.start();
        return server;
    }

    private static Started start(Path home, Map<String, String> settings) throws Exception {
        Path data = Files.createTempDirectory("trainyard-benchmark");
        long started = System.nanoTime();
        PlatformOptions options = new PlatformOptions(home, data, null, 1, 0, 1).withSettings(settings);
        Platform platform = Platform.start(options, System.err::println);
        platform.awaitWorkers();
        return new Started(platform, data, Duration.ofNanos(System.nanoTime() - started));
    }

    /** Answers and processor time of one of the platforms. */
    private static final class Sum {
        private double rate;
        private double answers;
        private double processorSeconds;
        private long errors;

        void turn(Started target, byte[] request) throws Exception {
            double before = target.processorSeconds();
            ManyClients.Load load = ManyClients.load(target.port(), request, CLIENTS, TURN_SECONDS);
            processorSeconds += target.processorSeconds() - before;
            rate += load.rate() / TURNS;
            answers += load.rate() * (TURN_SECONDS + ManyClients.RAMP_UP_SECONDS);
            errors += load.errors();
        }

        double microsecondsEach() {
            return processorSeconds / answers * 1e6;
        }
    }

    private static void manyClients(Started without, Started with, byte[] request) throws Exception {
        Sum plain = new Sum();
        Sum traced = new Sum();
        for (int turn = 0; turn < TURNS; turn++) {
            plain.turn(without, request);
            traced.turn(with, request);
        }
        Table.row(
                "predict, 64 clients, 1 % of traces against none",
                Table.format("%,.0f predictions/s, %d errors", traced.rate, plain.errors + traced.errors),
                Table.format("%,.0f/s", plain.rate),
                Table.format("%.3f", traced.rate / plain.rate),
                "≥ 0.97, no errors");
        Table.row(
                "processor time of gateway and predictor for a prediction",
                Table.format("%.0f µs", traced.microsecondsEach()),
                Table.format("%.0f µs", plain.microsecondsEach()),
                Table.format("%.3f", traced.microsecondsEach() / plain.microsecondsEach()),
                "");
    }
}
