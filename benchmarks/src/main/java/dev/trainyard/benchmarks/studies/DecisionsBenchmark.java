package dev.trainyard.benchmarks.studies;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.trainyard.benchmarks.drain.MnistSubset;
import dev.trainyard.benchmarks.report.Table;
import dev.trainyard.standalone.TerminationSignal;
import dev.trainyard.standalone.platform.Platform;
import dev.trainyard.standalone.platform.PlatformOptions;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** How long a study of 1,000 trials decides on a platform, by the gateway's metric. */
public final class DecisionsBenchmark {
    private static final int TRIALS = 1_000;
    private static final int MORE_TRIALS = 150;
    private static final int TRAINERS = 2;
    private static final int TRAIN_IMAGES = 600;
    private static final int TEST_IMAGES = 200;
    /** Seconds. */
    private static final double LIMIT = 0.02;

    private static final Pattern BUCKET =
            Pattern.compile("trainyard_study_decision_seconds_bucket\\{.*le=\"([^\"]+)\".*} ([0-9.]+)");
    private static final String STUDY = """
            {"name": "decisions",
             "base": {"dataset": "MnistDataset", "model": "DigitModel", "network": "mlp",
                      "network_args": {"num_layers": 1}, "train_args": {"batch_size": 100, "epochs": 9}},
             "space": {"/train_args/learning_rate": {"type": "float", "min": 1e-4, "max": 1e-1, "scale": "log"},
                       "/network_args/layer_size": {"type": "int", "min": 8, "max": 64},
                       "/network_args/dropout_amount": {"type": "float", "min": 0, "max": 0.5},
                       "/train_args/batch_size": {"type": "categorical", "values": [50, 100, 200]}},
             "sampler": {"name": "tpe", "seed": 1},
             "pruner": {"name": "asha", "eta": 3, "min_epochs": 1, "max_epochs": 9},
             "limits": {"max_trials": %d, "parallel_trials": 4}}""".formatted(TRIALS);

    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient client = HttpClient.newHttpClient();
    private final String url;

    private DecisionsBenchmark(String url) {
        this.url = url;
    }

    /** @param home the clone, with the services built */
    public static void run(Path home) throws Exception {
        Path data = Files.createTempDirectory("trainyard-decisions");
        Path archive = data.resolve("small.npz");
        MnistSubset.write(home.resolve("data/mnist.npz"), archive, TRAIN_IMAGES, TEST_IMAGES);
        PlatformOptions options = new PlatformOptions(home, data, null, 1, TRAINERS, 0).withArchive(archive);
        TerminationSignal.install(); // closes the platform on Ctrl-C
        try (Platform platform = Platform.start(options, System.err::println)) {
            platform.awaitWorkers();
            new DecisionsBenchmark(platform.urls().get(0)).measure();
        }
    }

    private void measure() throws IOException, InterruptedException {
        String study =
                "/api/v1/studies/" + post("/api/v1/studies", STUDY).path("id").asText();
        awaitEnd(study);
        Map<Double, Double> before = buckets();
        post(study + "/extend", "{\"max_trials\": %d}".formatted(TRIALS + MORE_TRIALS));
        awaitEnd(study);
        Map<Double, Double> after = buckets();
        after.replaceAll((limit, count) -> count - before.getOrDefault(limit, 0.0));
        double all = count(after, Double.POSITIVE_INFINITY);
        double within = count(after, LIMIT) / all;
        Table.row(
                Table.format("decisions of a study with %,d trials (TPE, 4 parameters, ASHA)", TRIALS),
                Table.format("p50 up to %s, p99 up to %s", percentile(after, 0.5), percentile(after, 0.99)),
                Table.format("%.0f decisions, %.1f %% of them within 20 ms", all, 100 * within),
                "",
                "p99 at most 20 ms: " + (within >= 0.99 ? "met" : "missed"));
    }

    /** Returns the upper end of the range with the percentile. */
    private static String percentile(Map<Double, Double> counts, double share) {
        double all = count(counts, Double.POSITIVE_INFINITY);
        return counts.entrySet().stream()
                .filter(bucket -> bucket.getValue() >= share * all)
                .findFirst()
                .map(bucket -> Table.format("%.0f ms", 1_000 * bucket.getKey()))
                .orElseThrow();
    }

    private static double count(Map<Double, Double> counts, double limit) {
        return Objects.requireNonNull(counts.get(limit), "the metric has no range up to " + limit);
    }

    private void awaitEnd(String study) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + study + "/events"))
                .header("Accept", "text/event-stream")
                .build();
        try (Stream<String> lines = client.send(request, BodyHandlers.ofLines()).body()) {
            if (lines.noneMatch(DecisionsBenchmark::isEnd)) {
                throw new IOException("the events of the study ended before the study");
            }
        }
    }

    /** The space after the colon is optional in server-sent events. */
    private static boolean isEnd(String line) {
        return line.startsWith("event:")
                && line.substring("event:".length()).strip().equals("end");
    }

    /** Number of decisions by the upper end of their range in seconds. */
    private Map<Double, Double> buckets() throws IOException, InterruptedException {
        Map<Double, Double> counts = new TreeMap<>();
        String metrics = client.send(
                        HttpRequest.newBuilder(URI.create(url + "/q/metrics")).build(), BodyHandlers.ofString())
                .body();
        Matcher bucket = BUCKET.matcher(metrics);
        while (bucket.find()) {
            String end = bucket.group(1);
            counts.put(
                    end.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(end),
                    Double.parseDouble(bucket.group(2)));
        }
        return counts;
    }

    private JsonNode post(String path, String body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        var response = client.send(request, BodyHandlers.ofString());
        if (response.statusCode() >= 300) {
            throw new IOException(response.body());
        }
        return JSON.readTree(response.body());
    }
}
