package dev.trainyard.benchmarks.estimates;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.trainyard.benchmarks.drain.MnistSubset;
import dev.trainyard.benchmarks.report.Table;
import dev.trainyard.standalone.TerminationSignal;
import dev.trainyard.standalone.platform.Platform;
import dev.trainyard.standalone.platform.PlatformOptions;
import dev.trainyard.system.chaos.FaultInjector;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/**
 * Submits jobs of mixed size to two trainers, some one at a time and some into a queue. Each is first estimated with
 * {@code dry_run}; the result is the share of jobs that ran, started and ended within their intervals.
 */
public final class EstimatesBenchmark {
    private static final int TRAINERS = 2;
    private static final int TEST_IMAGES = 2_000;
    private static final long POLL_MILLIS = 200;
    private static final long RETRY_MILLIS = 1_000;
    private static final int ATTEMPTS = 10;
    private static final String TARGET = "75 to 90 %";

    private final HttpClient http = HttpClient.newHttpClient();
    private final ObjectMapper json = new ObjectMapper();
    private final String url;
    private final JobMix mix = new JobMix();
    private long largest;

    private EstimatesBenchmark(String url) {
        this.url = url;
    }

    /**
     * @param home the clone, with the services built
     * @param learning jobs before the first that is evaluated
     * @param evaluated jobs that are evaluated
     * @param images number of training images, so that a run takes minutes rather than hours
     */
    public static void run(Path home, int learning, int evaluated, int images) throws Exception {
        Path data = Files.createTempDirectory("trainyard-estimates");
        Path archive = data.resolve("small.npz");
        MnistSubset.write(home.resolve("data/mnist.npz"), archive, images, TEST_IMAGES);
        PlatformOptions options = new PlatformOptions(home, data, null, 1, TRAINERS, 0).withArchive(archive);
        TerminationSignal.install(); // closes the platform on Ctrl-C
        try (Platform platform = Platform.start(options, System.err::println)) {
            platform.awaitWorkers();
            EstimatesBenchmark benchmark = new EstimatesBenchmark(platform.url());
            List<EvaluatedEstimate> jobs = benchmark.jobs(learning, evaluated);
            report(jobs);
            memory(benchmark.largest, new FaultInjector(platform.dataDir().resolve("run")));
        }
    }

    private record SubmittedJob(JsonNode estimate, Instant at, String key) {}

    private List<EvaluatedEstimate> jobs(int learning, int evaluated) throws IOException, InterruptedException {
        List<SubmittedJob> submitted = new ArrayList<>();
        int crowd = 1;
        for (int number = 0; number < learning + evaluated; number++) {
            if (number % 10 == 0) {
                crowd = mix.crowd();
                System.err.printf("%d of %d jobs submitted, %d at once%n", number, learning + evaluated, crowd);
            }
            while (waiting() >= crowd) {
                Thread.sleep(POLL_MILLIS);
            }
            String config = mix.next();
            Instant at = Instant.now();
            JsonNode plan = post("/api/v1/train?dry_run=true", config, "plan-" + number);
            JsonNode estimate = plan.path("estimate");
            largest = Math.max(largest, plan.path("memory").path("peak_bytes").asLong());
            String key =
                    post("/api/v1/train", config, "job-" + number).path("key").asText();
            if (number >= learning) {
                submitted.add(new SubmittedJob(estimate, at, key));
            }
        }
        List<EvaluatedEstimate> ended = new ArrayList<>();
        for (SubmittedJob one : submitted) {
            ended.add(new EvaluatedEstimate(one.estimate(), one.at(), end(one.key())));
        }
        return ended;
    }

    /** Waits until the job has ended and returns it. */
    private JsonNode end(String key) throws IOException, InterruptedException {
        String path = "/api/v1/train/" + key;
        JsonNode job = get(path);
        while (job.path("ended_at").isNull()) {
            job = get(path + "?wait=20&since=" + job.path("last_event_id").asLong());
        }
        return job;
    }

    private int waiting() throws IOException, InterruptedException {
        return get("/api/v1/train?status=queued").path("jobs").size()
                + get("/api/v1/train?status=training_in_progress").path("jobs").size();
    }

    private JsonNode get(String path) throws IOException, InterruptedException {
        return send(path, HttpRequest.newBuilder(URI.create(url + path)).build());
    }

    /** @param idempotencyKey identifies repeated submits of the same job */
    private JsonNode post(String path, String body, String idempotencyKey) throws IOException, InterruptedException {
        return send(
                path,
                HttpRequest.newBuilder(URI.create(url + path))
                        .header("Content-Type", "application/json")
                        .header("Idempotency-Key", idempotencyKey)
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build());
    }

    private JsonNode send(String path, HttpRequest request) throws IOException, InterruptedException {
        for (int attempt = 1; ; attempt++) {
            HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() < 300) {
                return json.readTree(answer.body());
            }
            // with all cores busy a single 503 is possible and must not end a run of many minutes
            if (answer.statusCode() != 503 || attempt == ATTEMPTS) {
                throw new IOException("%s was answered %d: %s".formatted(path, answer.statusCode(), answer.body()));
            }
            Thread.sleep(RETRY_MILLIS);
        }
    }

    private static void report(List<EvaluatedEstimate> all) {
        List<EvaluatedEstimate> jobs =
                all.stream().filter(EvaluatedEstimate::succeeded).toList();
        Table.row("jobs judged", String.valueOf(jobs.size()), "", "", String.valueOf(all.size()));
        row(
                "from start to end",
                jobs,
                EvaluatedEstimate::holdsSeconds,
                EvaluatedEstimate::widthOfSeconds,
                "high %.2f times low");
        long untimed = jobs.stream().filter(job -> !job.isTimed()).count();
        Table.row("of them without start and end", String.valueOf(untimed), "", "", "0");
        row(
                "start",
                jobs,
                EvaluatedEstimate::holdsStart,
                job -> job.widthOf("start", "started_at"),
                "width %.2f of the wait");
        row(
                "end",
                jobs,
                EvaluatedEstimate::holdsEnd,
                job -> job.widthOf("end", "ended_at"),
                "width %.2f of the time until then");
        jobs.stream()
                .map(EvaluatedEstimate::basis)
                .distinct()
                .sorted()
                .forEach(basis -> row(
                        "end, learnt from " + basis,
                        jobs.stream().filter(job -> job.basis().equals(basis)).toList(),
                        EvaluatedEstimate::holdsEnd,
                        job -> job.widthOf("end", "ended_at"),
                        "width %.2f of the time until then"));
        Table.row(
                "middle of the forecast from start to end",
                Table.format("off by %.0f %% (median)", 100 * median(jobs, EvaluatedEstimate::errorOfSeconds)),
                Table.format("jobs of %.1f s (median)", median(jobs, EvaluatedEstimate::seconds)),
                "",
                "");
    }

    /** Peak resident memory of the trainers as counted by the Linux kernel. */
    private static void memory(long estimated, FaultInjector processes) throws IOException {
        long most = 0;
        for (int number = 1; number <= TRAINERS; number++) {
            var trainer = processes.process("trainer-" + number);
            Path status = Path.of(
                    "/proc/%d/status".formatted(trainer.map(ProcessHandle::pid).orElse(0L)));
            if (Files.exists(status)) {
                for (String line : Files.readAllLines(status)) {
                    if (line.startsWith("VmHWM:")) {
                        most = Math.max(most, 1_024 * Long.parseLong(line.replaceAll("[^0-9]", "")));
                    }
                }
            }
        }
        Table.row(
                "peak memory of a trainer",
                Table.format("%.0f MB", most / 1e6),
                Table.format("largest estimate %.0f MB", estimated / 1e6),
                Table.format("%.2f", (double) estimated / Math.max(1, most)),
                "");
    }

    private static void row(
            String what,
            List<EvaluatedEstimate> jobs,
            Predicate<EvaluatedEstimate> holds,
            ToDoubleFunction<EvaluatedEstimate> width,
            String widthPattern) {
        long held = jobs.stream().filter(holds).count();
        Table.row(
                "80 % interval for " + what,
                Table.format("holds %d of %d (%.0f %%)", held, jobs.size(), 100.0 * held / Math.max(1, jobs.size())),
                Table.format(
                        widthPattern,
                        median(jobs.stream().filter(EvaluatedEstimate::isTimed).toList(), width)),
                "",
                TARGET);
    }

    private static double median(List<EvaluatedEstimate> jobs, ToDoubleFunction<EvaluatedEstimate> value) {
        return jobs.isEmpty()
                ? Double.NaN
                : Table.median(jobs.stream().mapToDouble(value).boxed().toList());
    }
}
