package dev.trainyard.benchmarks.load;

import dev.trainyard.benchmarks.report.Table;
import dev.trainyard.standalone.TerminationSignal;
import dev.trainyard.standalone.platform.Platform;
import dev.trainyard.standalone.platform.PlatformOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/** Measures what access tokens cost a prediction: two platforms take turns, one of them in mode {@code tokens}. */
public final class AccessBenchmark {
    private static final Pattern TOKEN = Pattern.compile("\\bty_[A-Za-z0-9]+_[A-Za-z0-9_-]{20,}");
    private static final int ROUNDS = 8;
    private static final int ROUND = 500;
    private static final int CLIENTS = 64;
    private static final int TURNS = 4;
    private static final int WARM_UP_SECONDS = 45;
    private static final int TURN_SECONDS = 8;

    private AccessBenchmark() {}

    /** A gateway to measure. */
    private record Target(int port, byte[] request) {}

    /** @param home the clone, with the services built */
    public static void run(Path home) throws Exception {
        byte[] png = Files.readAllBytes(home.resolve("example/8.png"));
        Path openData = Files.createTempDirectory("trainyard-benchmark");
        Path protectedData = Files.createTempDirectory("trainyard-benchmark");
        TerminationSignal.install(); // closes the platforms on Ctrl-C
        try (Platform open = start(home, openData, "none");
                Platform secured = start(home, protectedData, "tokens")) {
            Target none = new Target(port(open), PredictRequests.form(png, null));
            Target tokens = new Target(port(secured), PredictRequests.form(png, firstToken(protectedData)));
            for (Target target : List.of(none, tokens)) {
                // JIT compilation during the measurement would take one of the two cores
                ManyClients.load(target.port(), target.request(), CLIENTS, WARM_UP_SECONDS);
            }
            oneClient(none, tokens);
            manyClients(none, tokens);
        }
    }

    private static Platform start(Path home, Path data, String mode) throws Exception {
        PlatformOptions options =
                new PlatformOptions(home, data, null, 1, 0, 1).withSettings(Map.of("TRAINYARD_AUTH_MODE", mode));
        Platform platform = Platform.start(options, System.err::println);
        platform.awaitWorkers();
        return platform;
    }

    private static int port(Platform platform) {
        return URI.create(platform.url()).getPort();
    }

    /** The gateway prints the first administrator's token once, in its log. */
    private static String firstToken(Path data) throws IOException {
        try (Stream<Path> files = Files.walk(data.resolve("log"))) {
            return files.filter(Files::isRegularFile)
                    .map(AccessBenchmark::text)
                    .map(TOKEN::matcher)
                    .filter(Matcher::find)
                    .map(Matcher::group)
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("no token in the logs below " + data));
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void oneClient(Target none, Target tokens) throws Exception {
        Histogram open = new Histogram(3);
        Histogram secured = new Histogram(3);
        try (HttpConnection toOpen = new HttpConnection(none.port());
                HttpConnection toSecured = new HttpConnection(tokens.port())) {
            for (int round = 0; round < ROUNDS; round++) {
                measure(toOpen, none.request(), open);
                measure(toSecured, tokens.request(), secured);
            }
        }
        double openP50 = open.getValueAtPercentile(50) / 1e6;
        double securedP50 = secured.getValueAtPercentile(50) / 1e6;
        Table.row(
                "predict, 1 client, p50 with a token against without",
                Table.format("%.2f ms", securedP50),
                Table.format("%.2f ms", openP50),
                Table.format("%+.2f ms", securedP50 - openP50),
                "≤ +0.3 ms");
    }

    private static void measure(HttpConnection connection, byte[] request, Histogram times) throws IOException {
        for (int i = 0; i < ROUND; i++) {
            long started = System.nanoTime();
            int status = connection.send(request);
            times.recordValue(System.nanoTime() - started);
            if (status != 200) {
                throw new IllegalStateException("a prediction was answered with " + status);
            }
        }
    }

    private static void manyClients(Target none, Target tokens) throws InterruptedException {
        double open = 0;
        double secured = 0;
        long errors = 0;
        for (int turn = 0; turn < TURNS; turn++) {
            ManyClients.Load first = ManyClients.load(none.port(), none.request(), CLIENTS, TURN_SECONDS);
            ManyClients.Load second = ManyClients.load(tokens.port(), tokens.request(), CLIENTS, TURN_SECONDS);
            open += first.rate() / TURNS;
            secured += second.rate() / TURNS;
            errors += first.errors() + second.errors();
        }
        Table.row(
                "predict, 64 clients, with tokens against without",
                Table.format("%,.0f predictions/s, %d errors", secured, errors),
                Table.format("%,.0f/s", open),
                Table.format("%.3f", secured / open),
                "≥ 0.95, no errors");
    }
}
