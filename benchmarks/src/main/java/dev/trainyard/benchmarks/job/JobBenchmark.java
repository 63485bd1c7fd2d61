package dev.trainyard.benchmarks.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.trainyard.artifact.FileTree;
import dev.trainyard.benchmarks.report.Table;
import dev.trainyard.standalone.TerminationSignal;
import dev.trainyard.standalone.platform.Platform;
import dev.trainyard.standalone.platform.PlatformOptions;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Trains lenet5 and mlp for 10 epochs with the vector engine in the trainer of a platform, twice in each process, and
 * prints what the parts of a job take.
 */
public final class JobBenchmark {
    private static final int EPOCHS = Integer.getInteger("job.epochs", 10);
    private static final double MAX_REST = 0.08;
    private static final double MAX_MEGABYTES = 400;
    private static final double MAX_READY_SECONDS = 3;
    private static final int JOBS = 2;
    /** Without it, samples in inlined code belong to another method. */
    private static final String EXACT_SAMPLES = "-XX:+UnlockDiagnosticVMOptions -XX:+DebugNonSafepoints";

    private final HttpClient http = HttpClient.newHttpClient();
    private final ObjectMapper json = new ObjectMapper();
    private final Platform platform;

    private JobBenchmark(Platform platform) {
        this.platform = platform;
    }

    /** @param home the clone, with the services built */
    public static void run(Path home) throws Exception {
        Path data = Files.createTempDirectory("trainyard-job");
        PlatformOptions options = new PlatformOptions(home, data, null, 1, 1, 0)
                .withSettings(Map.of("TRAINYARD_ENGINES", "vector,dl4j", "TRAINYARD_JAVA_OPTS", EXACT_SAMPLES));
        TerminationSignal.install(); // closes the platform on Ctrl-C
        try {
            try (Platform first = Platform.start(options, System.err::println)) {
                first.awaitWorkers(); // its stop writes class-data archives after a build
            }
            try (Platform platform = Platform.start(options, System.err::println)) {
                platform.awaitWorkers();
                JobBenchmark benchmark = new JobBenchmark(platform);
                benchmark.measure("lenet5", 0.991, data);
                benchmark.measure("mlp", 0.98, data);
            }
        } finally {
            FileTree.delete(data);
        }
    }

    private void measure(String network, double minAccuracy, Path data) throws Exception {
        try (TrainerProcessMonitor trainer = TrainerProcessMonitor.restart(platform)) {
            row(network + ": trainer ready", "%.2f s", trainer.readySeconds(), "≤ %.0f s", MAX_READY_SECONDS);
            JsonNode job = json.nullNode();
            for (int i = 0; i < JOBS; i++) {
                job = train(network);
            }
            row(
                    network + ": peak memory of the trainer, with the recorder's",
                    "%.0f MB",
                    trainer.peakMemory() / 1e6,
                    "≤ %.0f MB",
                    MAX_MEGABYTES);
            double accuracy = job.path("message").path("test").path("accuracy").asDouble();
            row(
                    network + ": test accuracy after %d epochs".formatted(EPOCHS),
                    "%.2f %%",
                    100 * accuracy,
                    "≥ %.1f %%",
                    100 * minAccuracy);
            Path recording = data.resolve(network + ".jfr");
            trainer.dump(recording);
            List<JobShares> jobs = JobShares.of(recording);
            for (int i = 0; i < jobs.size(); i++) {
                print("%s, job %d of the process".formatted(network, i + 1), jobs.get(i));
            }
        }
    }

    private static void print(String what, JobShares job) {
        Table.row(what, Table.format("%.2f s", job.seconds()), "", "", "");
        job.phases()
                .forEach((name, spent) -> Table.row(
                        what + ": " + name,
                        Table.format("%.3f s, processor %.3f s", spent.seconds(), spent.processor()),
                        "",
                        Table.format("%.2f %%", 100 * spent.seconds() / job.seconds()),
                        ""));
        Table.row(what + ": batch feed, within training", "", "", Table.format("%.2f %%", 100 * job.feed()), "");
        Table.row(
                what + ": all but training, with the feed",
                Table.format(
                        "%.2f %% of the time, %.2f %% of the thread's processor time",
                        100 * job.rest(), 100 * job.restOfProcessor()),
                "",
                Table.format("%.2f", job.rest() / MAX_REST),
                Table.format("≤ %.0f %%", 100 * MAX_REST));
    }

    private static void row(String what, String pattern, double measured, String target, double limit) {
        Table.row(
                what,
                Table.format(pattern, measured),
                "",
                Table.format("%.2f", measured / limit),
                Table.format(target, limit));
    }

    /** Trains and returns the job after its success. */
    private JsonNode train(String network) throws IOException, InterruptedException {
        String config = """
                {"dataset":"MnistDataset","dataset_args":{"image_size":[28,28,1]},"model":"DigitModel","network":"%s",
                 "engine":"vector","train_args":{"batch_size":32,"epochs":%d},"save_weights":true}""".formatted(network, EPOCHS);
        String path = "/api/v1/train/"
                + send(HttpRequest.newBuilder(uri("/api/v1/train"))
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofString(config)))
                        .path("key")
                        .asText();
        JsonNode job = send(HttpRequest.newBuilder(uri(path)));
        while (job.path("ended_at").isNull()) {
            job = send(HttpRequest.newBuilder(
                    uri(path + "?wait=20&since=" + job.path("last_event_id").asLong())));
        }
        if (!job.path("status").asText().equals("success")) {
            throw new IOException("the job did not succeed: " + job);
        }
        return job;
    }

    private URI uri(String path) {
        return URI.create(platform.url() + path);
    }

    private JsonNode send(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<String> answer = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() >= 300) {
            throw new IOException("%s was answered %d: %s".formatted(answer.uri(), answer.statusCode(), answer.body()));
        }
        return json.readTree(answer.body());
    }
}
