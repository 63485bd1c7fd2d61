package dev.trainyard.benchmarks.drain;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.benchmarks.report.Table;
import dev.trainyard.standalone.TerminationSignal;
import dev.trainyard.standalone.platform.Platform;
import dev.trainyard.standalone.platform.PlatformOptions;
import dev.trainyard.system.chaos.ChaosClient;
import dev.trainyard.system.chaos.FaultInjector;
import dev.trainyard.system.chaos.JobHistoryVerifier;
import dev.trainyard.system.chaos.LiveHeapSampler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Four trainers drain many queued jobs. Each job trains a small network on the first 600 images. Jobs with the same
 * seed must produce the same weights, and the history of every job is verified.
 */
public final class DrainBenchmark {
    private static final int SEEDS = 10;
    private static final long POLL_MILLIS = 2_000;
    /** More trainers than cores, because such short jobs mostly wait for the consumer group and the disk. */
    private static final int TRAINERS = 4;

    private static final int TRAIN_IMAGES = 600;
    private static final int TEST_IMAGES = 200;

    private final ChaosClient client;
    private final int count;
    private final List<String> keys = new ArrayList<>();
    private final LiveHeapSampler heap;
    private final List<String> wrong = new ArrayList<>();

    private DrainBenchmark(ChaosClient client, LiveHeapSampler heap, int count) {
        this.client = client;
        this.heap = heap;
        this.count = count;
    }

    /** @param home the clone, with the services built */
    public static void run(Path home, int count) throws Exception {
        Path data = Files.createTempDirectory("trainyard-drain");
        Path archive = data.resolve("small.npz");
        MnistSubset.write(home.resolve("data/mnist.npz"), archive, TRAIN_IMAGES, TEST_IMAGES);
        PlatformOptions options = new PlatformOptions(home, data, null, 1, TRAINERS, 0).withArchive(archive);
        TerminationSignal.install(); // closes the platform on Ctrl-C
        try (Platform platform = Platform.start(options, System.err::println)) {
            platform.awaitWorkers();
            ChaosClient client = new ChaosClient(platform.urls());
            LiveHeapSampler heap = new LiveHeapSampler(
                    new FaultInjector(platform.dataDir().resolve("run")), client, options.gateways());
            new DrainBenchmark(client, heap, count).drain();
        }
    }

    private void drain() throws IOException, InterruptedException {
        Instant started = Instant.now();
        for (int number = 0; number < count; number++) {
            String config = config(number % SEEDS);
            String key = client.submit(config, "drain-" + number);
            while (key == null) {
                Thread.sleep(100); // rate limited
                key = client.submit(config, "drain-" + number);
            }
            keys.add(key);
        }
        Duration submitting = Duration.between(started, Instant.now());
        while (isAnyLeft("queued") || isAnyLeft("training_in_progress")) {
            heap.sampleIfDue();
            Thread.sleep(POLL_MILLIS);
        }
        Duration draining = Duration.between(started, Instant.now());
        Map<String, Integer> ends = verify();
        row("%,d jobs submitted".formatted(count), "%.0f s".formatted(submitting.toMillis() / 1e3), "");
        row(
                "%,d jobs drained by %d trainers".formatted(count, TRAINERS),
                "%.0f s, %.1f jobs/s".formatted(draining.toMillis() / 1e3, count / (draining.toMillis() / 1e3)),
                "");
        row("their ends", ends.toString(), "all success");
        row("live heap of the gateway, mean of first and last quarter", heap.text(), "within 10 %");
        row("violations and wrong answers", String.valueOf(wrong.size()), "0");
        wrong.stream().limit(20).forEach(System.out::println);
    }

    private static void row(String what, String measured, String target) {
        Table.row(what, measured, "", "", target);
    }

    private static String config(int seed) {
        return """
                {"dataset":"MnistDataset","model":"DigitModel","network":"mlp",
                 "network_args":{"layer_size":16,"num_layers":1},
                 "train_args":{"batch_size":100,"epochs":1,"seed":%d},"promote":"never"}""".formatted(seed);
    }

    private boolean isAnyLeft(String status) throws IOException, InterruptedException {
        return !client.jobs(status, 1).path("jobs").isEmpty();
    }

    private Map<String, Integer> verify() throws IOException, InterruptedException {
        Map<String, Integer> ends = new TreeMap<>();
        Map<Long, String> answers = new HashMap<>();
        JobHistoryVerifier histories = new JobHistoryVerifier(client);
        for (String key : keys) {
            wrong.addAll(histories.violations(key));
            JsonNode job = client.job(key);
            ends.merge(job.path("status").asText(), 1, Integer::sum);
            long seed = job.path("config").path("train_args").path("seed").asLong();
            String answer = histories.weights(key) + " " + job.path("message");
            String first = answers.putIfAbsent(seed, answer);
            if (first != null && !first.equals(answer)) {
                wrong.add("job %s of seed %d came to %s, the first of that seed to %s"
                        .formatted(key, seed, answer, first));
            }
        }
        return ends;
    }
}
