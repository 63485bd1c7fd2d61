package dev.trainyard.system.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.job.TransitionReason;
import dev.trainyard.system.chaos.ChaosClient;
import dev.trainyard.system.chaos.JobHistoryVerifier;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * The chart on a real cluster, as {@code deploy/kubernetes-test} installs it: trainers scale from nothing and back, and no
 * disruption fails a prediction or loses a job. Run by that script, not by {@code mvn verify}.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class KubernetesProof {
    private static final int JOBS = 20;
    private static final int CLIENTS = 16;
    private static final Duration LIMIT = Duration.ofMinutes(20);
    /** What a job may take to start beyond the poll of the autoscaler and the start of a pod. */
    private static final Duration START_MARGIN = Duration.ofSeconds(5);

    /** Fewer for a busy machine. */
    private static final int EPOCHS = Integer.getInteger("kubernetes.epochs", 8);

    private static final int TRAINERS = Integer.getInteger("kubernetes.trainers", 5);
    private static final Duration POLLING = Duration.ofSeconds(Integer.getInteger("kubernetes.polling", 5));
    private static final String RELEASE = System.getProperty("kubernetes.release", "trainyard");

    /** Every run of it publishes the same bytes. */
    private static final String CONFIG = """
            {"dataset":"MnistDataset","model":"DigitModel","network":"mlp",
             "network_args":{"layer_size":%d,"num_layers":2},
             "train_args":{"batch_size":64,"epochs":%d,"seed":7},"promote":"never"}""";

    private static final ProofTable TABLE = new ProofTable();
    private static final List<String> ACCEPTED = new ArrayList<>();

    private static Cluster cluster;
    private static ChaosClient client;
    private static URI gateway;
    private static String token;

    @BeforeAll
    static void connect() throws IOException {
        gateway = URI.create(System.getProperty("kubernetes.gateway"));
        token = Files.readString(Path.of(System.getProperty("kubernetes.token")))
                .strip();
        cluster = new Cluster(System.getProperty("kubernetes.namespace", "trainyard"));
        client = ChaosClient.withToken(gateway.toString(), token);
    }

    @AfterAll
    static void print() throws IOException {
        TABLE.print(Path.of("target/kubernetes-proof.md"));
        cluster.close();
    }

    private static String name(String component) {
        return RELEASE + "-" + (component.equals("trainer") ? "trainer-default" : component);
    }

    /** Asks once a second; a busy machine may not answer each time. */
    private static void until(String what, Callable<Boolean> condition) {
        await(what)
                .atMost(LIMIT)
                .pollInterval(Duration.ofSeconds(1))
                .ignoreExceptionsInstanceOf(IOException.class)
                .until(condition);
    }

    private static List<String> submit(int count, int layerSize, int epochs) throws InterruptedException {
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String key = client.submit(
                    CONFIG.formatted(layerSize, epochs), UUID.randomUUID().toString());
            assertThat(key).as("accepted").isNotNull();
            keys.add(key);
        }
        ACCEPTED.addAll(keys);
        return keys;
    }

    private static boolean allSucceeded(List<String> keys) throws IOException, InterruptedException {
        for (String key : keys) {
            String status = client.job(key).path("status").asText();
            assertThat(status).as(key).isNotIn("failed", "cancelled");
            if (!status.equals("success")) {
                return false;
            }
        }
        return true;
    }

    /** A run of a job on one trainer. */
    private record Run(String worker, Instant from, Instant to) {}

    private static List<Run> runs(JsonNode job) {
        List<Run> runs = new ArrayList<>();
        JsonNode claim = null;
        for (JsonNode step : job.path("transitions")) {
            if (step.path("reason").asText().equals(TransitionReason.CLAIMED.wireName())) {
                claim = step;
            } else if (claim != null) {
                runs.add(new Run(claim.path("worker").asText(), at(claim), at(step)));
                claim = null;
            }
        }
        return runs;
    }

    private static Instant at(JsonNode transition) {
        return Instant.parse(transition.path("at").asText());
    }

    private static long charged(List<JsonNode> jobs) {
        return jobs.stream()
                .flatMap(job -> IntStream.range(0, job.path("transitions").size())
                        .mapToObj(i -> TransitionReason.of(
                                job.path("transitions").get(i).path("reason").asText())))
                .filter(TransitionReason::isWorkerLoss)
                .count();
    }

    private static List<JsonNode> read(List<String> keys) throws IOException, InterruptedException {
        List<JsonNode> jobs = new ArrayList<>();
        for (String key : keys) {
            jobs.add(client.job(key));
        }
        return jobs;
    }

    @Test
    @Order(1)
    void trainersScaleFromNothingToAllAndBack() throws Exception {
        TrainerTimes times = new TrainerTimes(cluster);
        Thread watch = new Thread(times, "trainer-times");
        watch.start();
        until("no trainers", () -> cluster.pods("trainer").isEmpty());
        Instant submittedAt = Instant.now();
        List<String> keys = submit(JOBS, 256, EPOCHS);
        until("all trainers", () -> times.now() == TRAINERS);
        until("all jobs", () -> allSucceeded(keys));
        Instant endedAt = Instant.now();
        until("no trainers again", () -> cluster.pods("trainer").isEmpty());
        times.stop();
        watch.join();

        List<JsonNode> jobs = read(keys);
        List<Run> runs = jobs.stream().flatMap(job -> runs(job).stream()).toList();
        Run first = runs.stream().min((a, b) -> a.from().compareTo(b.from())).orElseThrow();
        Duration busy =
                runs.stream().map(run -> Duration.between(run.from(), run.to())).reduce(Duration.ZERO, Duration::plus);
        double idle = 1 - (double) busy.toMillis() / times.ready().toMillis();
        Duration startBar = POLLING.plus(times.start(first.worker())).plus(START_MARGIN);
        Duration start = Duration.between(submittedAt, first.from());
        TABLE.add("most trainers for " + JOBS + " jobs", times.most(), TRAINERS);
        TABLE.add("trainers at the end", cluster.pods("trainer").size(), 0);
        TABLE.add(
                "first job started after",
                ProofTable.seconds(start),
                ProofTable.seconds(startBar) + " = polling + pod + 5 s");
        TABLE.add("all jobs done after", ProofTable.seconds(Duration.between(submittedAt, endedAt)), "");
        TABLE.add("runs that were handed back by a drained trainer", runs.size() - keys.size(), "");
        TABLE.add("attempts charged", charged(jobs), 0);
        TABLE.add(
                "time of trainers, and idle share of it",
                ProofTable.seconds(times.ready()) + ", " + ProofTable.percent(idle),
                "< 25 %");
        Set<String> weights = new HashSet<>();
        JobHistoryVerifier models = new JobHistoryVerifier(client);
        keys.forEach(key -> weights.add(models.weights(key)));
        TABLE.add("different model files of the same configuration", weights.size(), 1);
        assertThat(times.most()).isEqualTo(TRAINERS);
        assertThat(charged(jobs)).isZero();
        assertThat(start).isLessThan(startBar);
        assertThat(weights).hasSize(1).doesNotContain("none");
        assertThat(idle).isLessThan(0.25);
    }

    /** One disruption while the clients predict. */
    private interface Disruption {
        void run() throws Exception;
    }

    private static void during(String what, PredictingClients clients, Disruption disruption) throws Exception {
        PredictingClients.Phase phase = clients.begin();
        Instant startedAt = Instant.now();
        disruption.run();
        Thread.sleep(3_000); // requests that began before its end
        clients.begin();
        TABLE.add(
                what + ", failed of all predictions",
                "%d of %d, p99 %d ms, longest %d ms, %s"
                        .formatted(
                                phase.failed(),
                                phase.requests(),
                                phase.millis(0.99),
                                phase.millis(1),
                                ProofTable.seconds(Duration.between(startedAt, Instant.now()))),
                0);
        phase.failures().forEach(System.out::println);
        assertThat(phase.requests()).as(what).isPositive();
        FAILED.addAll(phase.failures());
    }

    private static final List<String> FAILED = new ArrayList<>();

    private static void awaitRollout(String deployment) {
        until(deployment, () -> cluster.isRolledOut(deployment));
    }

    private static void awaitGone(String component, String name) {
        until(name, () -> cluster.pods(component).stream().map(Pod::name).noneMatch(name::equals));
    }

    private static void evictAll(String component) throws Exception {
        for (Pod pod : cluster.pods(component)) {
            cluster.evict(pod.name(), LIMIT);
            awaitGone(component, pod.name());
        }
        if (!component.equals("trainer")) {
            awaitRollout(name(component));
        }
    }

    private static byte[] digit() throws IOException {
        return Files.readAllBytes(Path.of("../example/8.png"));
    }

    @Test
    @Order(2)
    void noRequestFailsInRollingUpdatesAndDrains() throws Exception {
        List<String> keys = submit(6, 512, EPOCHS);
        until(
                "a training",
                () -> client.jobs("training_in_progress", 1).path("jobs").size() > 0);
        try (PredictingClients clients = new PredictingClients(CLIENTS, gateway, token, digit(), 0)) {
            during("nothing", clients, () -> Thread.sleep(10_000));
            for (String component : List.of("gateway", "predictor", "trainer")) {
                during("rolling update: " + component, clients, () -> {
                    cluster.restart(name(component));
                    awaitRollout(name(component));
                });
            }
            for (String component : List.of("gateway", "predictor", "trainer")) {
                during("every pod evicted, as by a drain: " + component, clients, () -> evictAll(component));
            }
            during("a gateway deleted", clients, () -> {
                String pod = cluster.pods("gateway").get(0).name();
                cluster.delete(pod, 30);
                awaitGone("gateway", pod);
                awaitRollout(name("gateway"));
            });
        }
        until("all jobs", () -> allSucceeded(keys));
        TABLE.add("attempts charged in rolling updates and drains", charged(read(keys)), 0);
        assertThat(charged(read(keys))).isZero();
        assertThat(FAILED).isEmpty();
    }

    @Test
    @Order(3)
    void noJobIsLostWhenPodsAreKilled() throws Exception {
        List<String> keys = submit(4, 512, EPOCHS);
        until(
                "a training",
                () -> client.jobs("training_in_progress", 1).path("jobs").size() > 0);
        List<String> failedBefore = List.copyOf(FAILED);
        try (PredictingClients clients = new PredictingClients(CLIENTS, gateway, token, digit(), 2)) {
            for (String component : List.of("trainer", "predictor", "gateway")) {
                during("a pod killed (2 repetitions allowed): " + component, clients, () -> {
                    String pod = cluster.pods(component).get(0).name();
                    cluster.delete(pod, 0);
                    awaitGone(component, pod);
                    awaitRollout(name(component));
                });
            }
        }
        until("all jobs", () -> allSucceeded(keys));
        assertThat(FAILED).isEqualTo(failedBefore);
    }

    @Test
    @Order(4)
    void everyHistoryIsRight() throws Exception {
        JobHistoryVerifier histories = new JobHistoryVerifier(client);
        List<String> violations = new ArrayList<>();
        for (String key : ACCEPTED) {
            violations.addAll(histories.violations(key));
        }
        TABLE.add("violations in the histories of " + ACCEPTED.size() + " jobs", violations.size(), 0);
        assertThat(violations).isEmpty();
    }
}
