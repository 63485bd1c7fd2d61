package dev.trainyard.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.trainyard.system.chaos.ChaosClient;
import dev.trainyard.system.chaos.FaultInjector;
import dev.trainyard.system.chaos.JobHistoryVerifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * Faults of a trainer in the middle of a job. The trainers are started by the test instead of the platform, so that it
 * decides which of them run, and can read their exit status. After each test the history of every accepted job is
 * verified.
 */
@Tag("full")
@TestMethodOrder(
        MethodOrderer.OrderAnnotation
                .class) // the order minimises the number of trainer starts; the tests are independent
class TrainerFaultsIT {
    private static final Duration TRAINING = Duration.ofMinutes(3);
    private static final String ENDED = "success|failed|cancelled";
    private static final int EPOCHS = 5;
    /** Exit status after {@code kill -9}. */
    private static final int KILLED = 137;

    private static final int HUNG = 71;
    private static final int SMALL_DISK_MIB = 64;
    /** With the default thresholds the gateway would refuse work before so small a disk is full. */
    private static final Map<String, String> DISK_MARKS =
            Map.of("TRAINYARD_DISK_REFUSE_BELOW", "100K", "TRAINYARD_DISK_ACCEPT_ABOVE", "500K");

    @TempDir
    static Path dataDir;

    private static Path artifacts;
    private static Path datasets;
    private static Path armed;
    private static Optional<SmallDisk> smallDisk = Optional.empty();
    private static Launcher launcher;
    private static ChaosClient client;
    private static FaultInjector faults;
    private static final List<TrainerProcess> TRAINERS = new ArrayList<>();
    /** SHA-256 of the model of {@link #config} without any fault. */
    private static String undisturbed;

    private final List<String> accepted = new ArrayList<>();

    @BeforeAll
    static void start() throws Exception {
        artifacts = dataDir.resolve("artifacts");
        armed = Files.createDirectory(dataDir.resolve("faults"));
        smallDisk = SmallDisk.mount(artifacts, SMALL_DISK_MIB);
        launcher = Launcher.up(dataDir, DISK_MARKS, "--trainers", "0");
        launcher.awaitReady();
        launcher.awaitWorkers();
        client = new ChaosClient(launcher.urls());
        faults = new FaultInjector(dataDir.resolve("run"));
        datasets = fewImages(dataDir.resolve("datasets"));
        trainer();
        String key = client.submit(config(), UUID.randomUUID().toString());
        awaitStatus(key, "success");
        undisturbed = model(key);
    }

    @AfterAll
    static void stop() throws Exception {
        try {
            TRAINERS.forEach(TrainerProcess::terminate);
            if (launcher != null) {
                launcher.terminate();
            }
        } finally {
            if (launcher != null) {
                launcher.processes().forEach(ProcessHandle::destroyForcibly);
            }
            smallDisk.ifPresent(SmallDisk::close);
        }
    }

    @AfterEach
    void verifyHistoriesOfAcceptedJobs() throws Exception {
        for (Path fault : files(armed)) {
            Files.delete(fault); // left by a failed test
        }
        for (String key : accepted) {
            if (!client.job(key).path("status").asText().matches(ENDED)) {
                trainer();
            }
            awaitStatus(key, ENDED);
        }
        await().atMost(TRAINING).ignoreExceptions().untilAsserted(() -> {
            JobHistoryVerifier histories = new JobHistoryVerifier(client);
            for (String key : accepted) {
                assertThat(histories.violations(key)).isEmpty();
            }
        });
    }

    @Test
    @Order(1)
    void aFullDiskFailsOnlyTheJobThatDoesNotFit() throws Exception {
        assumeTrue(smallDisk.isPresent(), () -> loudly("no tmpfs can be mounted here, which takes root"));
        SmallDisk disk = smallDisk.orElseThrow();
        trainer();
        List<Path> before = tempFiles();
        try {
            disk.leave(1_900_000); // a checkpoint of the large network has 1.2 MB
            String large = submit(config(128, 3));
            awaitStatus(large, "failed");
            JsonNode error = client.job(large).path("error");
            assertThat(error.path("code").asText()).isEqualTo("disk_full");
            assertThat(error.path("message").asText()).contains("checkpoint of epoch 2", "Make room", "retry");
            assertThat(tempFiles()).isEqualTo(before);
            awaitStatus(submit(config(8, 2)), "success");

            disk.leave(0);
            faults.kill("gateway-1");
            faults.kill("predictor-1");
            await().atMost(TRAINING).until(() -> client.predicts(Path.of("../example/8.png")));
            assertThatThrownBy(() -> client.requestAction(large, "retry")).hasMessageContaining("507");

            disk.makeRoom();
            await().atMost(TRAINING).ignoreExceptions().until(() -> {
                client.requestAction(large, "retry"); // the gateway checks the disk once a second
                return true;
            });
            awaitStatus(large, "success");
            assertThat(epochsOf(large, 1)).containsExactly(1);
            assertThat(epochsOf(large, 2)).containsExactly(2, 3);
        } finally {
            disk.makeRoom();
        }
    }

    @Test
    @Order(2)
    void aTrainerKilledDuringACheckpointLosesThatEpochOnly() throws Exception {
        List<Path> before = tempFiles();
        arm("half-checkpoint", "checkpoint-0003");
        TrainerProcess victim = trainer();
        String key = submit(config());
        assertThat(victim.awaitExit(60)).isEqualTo(KILLED);
        List<Path> left = new ArrayList<>(tempFiles());
        left.removeAll(before);
        assertThat(left).singleElement().satisfies(half -> assertThat(half).isNotEmptyFile());

        trainer();
        awaitStatus(key, "success");
        assertThat(epochsOf(key, 1)).containsExactly(1, 2);
        assertThat(epochsOf(key, 2)).containsExactly(3, 4, 5);
        assertThat(model(key)).isEqualTo(undisturbed);

        Files.setLastModifiedTime(left.get(0), FileTime.from(Instant.now().minus(Duration.ofHours(2))));
        String again = client.verify(key);
        accepted.add(again);
        awaitStatus(again, "success");
        JsonNode verification = client.job(again).path("verification");
        assertThat(verification.path("same").asBoolean())
                .as(verification.toString())
                .isTrue();
        assertThat(left.get(0)).doesNotExist();
    }

    @Test
    @Order(3)
    void aTrainerKilledBeforeTheResultPublishesNothing() throws Exception {
        arm("model-written", "");
        TrainerProcess victim = trainer();
        String key = submit(config());
        assertThat(victim.awaitExit(60)).isEqualTo(KILLED);
        assertThat(files(attempt(key, 1)))
                .extracting(file -> file.getFileName().toString())
                .contains("model.onnx", "model.json");
        assertThat(client.job(key).path("status").asText()).isEqualTo("training_in_progress");
        assertThat(versions(key)).isEmpty();

        trainer();
        awaitStatus(key, "success");
        assertThat(versions(key)).singleElement().satisfies(version -> assertThat(
                        client.model("DigitModel", version).path("metadata").path("attempt"))
                .isEqualTo(client.job(key).path("attempt")));
        assertThat(epochsOf(key, 2)).isEmpty();
        assertThat(model(key)).isEqualTo(undisturbed);
    }

    @Test
    @Order(4)
    void damagedCheckpointsFallBackToTheNewestIntactOne() throws Exception {
        arm("half-checkpoint", "checkpoint-0005");
        TrainerProcess victim = trainer();
        String key = submit(config());
        assertThat(victim.awaitExit(60)).isEqualTo(KILLED);
        flipAByte(checkpoint(key, 4));
        truncate(checkpoint(key, 3));
        Files.delete(checkpoint(key, 2));

        trainer();
        awaitStatus(key, "success");
        assertThat(epochsOf(key, 1)).containsExactly(1, 2, 3, 4);
        assertThat(epochsOf(key, 2)).containsExactly(2, 3, 4, 5);
        assertThat(model(key)).isEqualTo(undisturbed);
    }

    @Test
    @Order(5)
    void aHungTrainerLosesItsJobAndExits() throws Exception {
        arm("hang", "checkpoint-0002");
        TrainerProcess hung = trainer();
        String key = submit(config());
        await().atMost(TRAINING).until(() -> !Files.exists(armed.resolve("hang")));
        TrainerProcess next = anotherTrainer(Map.of());
        awaitReason(key, "worker_lost");
        assertThat(hung.isAlive()).isTrue();

        awaitStatus(key, "success");
        assertThat(client.job(key).path("worker").asText()).isEqualTo(next.name());
        assertThat(epochsOf(key, 1)).containsExactly(1);
        assertThat(model(key)).isEqualTo(undisturbed);
        assertThat(hung.awaitExit(60)).isEqualTo(HUNG);
    }

    @Test
    @Order(6)
    void aStoppedTrainerReturnsItsJobWithAPartialCheckpoint() throws Exception {
        String key = drainedInTheMiddle();
        trainer();
        awaitStatus(key, "success");
        assertThat(reasons(key)).containsExactly("submitted", "claimed", "worker_drained", "claimed", "completed");
        assertThat(files(attempt(key, 1)))
                .filteredOn(file -> file.toString().endsWith("-partial.bin"))
                .hasSize(1);
        assertThat(model(key)).isEqualTo(undisturbed);
    }

    /** Repeats the run if the training ended before the signal arrived. */
    private String drainedInTheMiddle() throws Exception {
        for (int attempt = 0; attempt < 5; attempt++) {
            TrainerProcess drained = trainer();
            String key = submit(config());
            await("the first epoch")
                    .atMost(TRAINING)
                    .pollInterval(Duration.ofMillis(20))
                    .ignoreExceptions()
                    .until(() -> !client.job(key).path("history").isEmpty());
            drained.terminate();
            assertThat(drained.awaitExit(30)).isZero();
            await("what the trainer said last")
                    .atMost(TRAINING)
                    .ignoreExceptions()
                    .until(() -> reasons(key).size() > 2);
            if (reasons(key).contains("worker_drained")
                    && client.job(key).path("history").size() < EPOCHS) {
                return key;
            }
        }
        throw new AssertionError("every run was over before it could be stopped");
    }

    @Test
    @Order(7)
    void anIdleTrainerStopsAtOnce() throws Exception {
        TrainerProcess idle = trainer();
        await().atMost(TRAINING).until(idle::isReady);
        idle.terminate();
        assertThat(idle.awaitExit(10)).isZero();
    }

    @Test
    @Order(8)
    void aShiftedClockHasNoEffect() throws Exception {
        Optional<FakeClock> clock = FakeClock.find();
        assumeTrue(clock.isPresent(), () -> loudly("libfaketime is not installed, or does not work with this JVM"));
        endAllTrainers();
        Instant before = Instant.now();
        arm("half-checkpoint", "checkpoint-0003");
        TrainerProcess early = anotherTrainer(clock.orElseThrow().ahead());
        String key = submit(config());
        assertThat(early.awaitExit(60)).isEqualTo(KILLED);
        TrainerProcess late = anotherTrainer(clock.orElseThrow().behind());
        awaitStatus(key, "success");
        late.terminate();
        assertThat(late.awaitExit(30)).isZero();

        JsonNode job = client.job(key);
        assertThat(reasons(key)).containsExactly("submitted", "claimed", "worker_lost", "claimed", "completed");
        List<Instant> times = new ArrayList<>(List.of(before));
        times.add(time(job.path("created_at")));
        times.add(time(job.path("started_at")));
        times.add(time(job.path("ended_at")));
        times.add(Instant.now());
        assertThat(times).isSorted();
        List<JsonNode> all = new ArrayList<>(job.findValues("at"));
        all.add(job.path("updated_at"));
        JsonNode version = client.model("DigitModel", versions(key).get(0));
        all.addAll(version.findValues("created_at"));
        assertThat(all).hasSize(5 + 1 + 2).allSatisfy(at -> assertThat(time(at)).isBetween(before, Instant.now()));
        double seconds = Duration.between(before, Instant.now()).toMillis() / 1e3;
        assertThat(job.path("history")).hasSize(EPOCHS).allSatisfy(epoch -> assertThat(
                        epoch.path("seconds").asDouble())
                .isBetween(1e-3, seconds));
        assertThat(model(key)).isEqualTo(undisturbed);
    }

    private static String loudly(String why) {
        String line = "TRAINER FAULTS: A ROW IS NOT TESTED: " + why;
        System.err.println(line);
        return line;
    }

    /** The dataset with one shard per split, so that a training takes one or two seconds. */
    private static Path fewImages(Path all) throws IOException {
        Path few = Files.createDirectories(dataDir.resolve("few-images/mnist"));
        ObjectMapper json = new ObjectMapper();
        ObjectNode manifest =
                (ObjectNode) json.readTree(all.resolve("mnist/dataset.json").toFile());
        Map<String, JsonNode> first = new LinkedHashMap<>();
        for (JsonNode shard : manifest.path("shards")) {
            if (first.putIfAbsent(shard.path("split").asText(), shard) == null) {
                String file = shard.path("file").asText();
                Files.createSymbolicLink(few.resolve(file), all.resolve("mnist").resolve(file));
            }
        }
        manifest.putArray("shards").addAll(first.values());
        json.writeValue(few.resolve("dataset.json").toFile(), manifest);
        return few.getParent();
    }

    /** Returns a running trainer, starting one if necessary. */
    private static TrainerProcess trainer() throws IOException {
        TRAINERS.removeIf(trainer -> !trainer.isAlive());
        return TRAINERS.isEmpty() ? anotherTrainer(Map.of()) : TRAINERS.get(0);
    }

    private static int started;

    private static TrainerProcess anotherTrainer(Map<String, String> more) throws IOException {
        Map<String, String> settings = new HashMap<>(more);
        settings.put("TRAINYARD_DATASETS_DIR", datasets.toString());
        settings.put("TRAINYARD_FAULTS_DIR", armed.toString());
        settings.put("TRAINYARD_STOP_LIMIT", "2s");
        TrainerProcess trainer =
                TrainerProcess.start("own-trainer-" + ++started, dataDir, launcher.pid("gateway-1"), settings);
        TRAINERS.add(trainer);
        return trainer;
    }

    private static void endAllTrainers() throws InterruptedException {
        for (TrainerProcess trainer : TRAINERS) {
            trainer.terminate();
            trainer.awaitExit(30);
        }
    }

    private static void arm(String fault, String path) throws IOException {
        Files.writeString(armed.resolve(fault), path);
    }

    private static String config() {
        return config(32, EPOCHS);
    }

    private static String config(int layerSize, int epochs) {
        return """
                {"dataset":"MnistDataset","model":"DigitModel","network":"mlp",
                 "network_args":{"layer_size":%d,"num_layers":1,"dropout_amount":0.3},
                 "train_args":{"batch_size":128,"epochs":%d},"promote":"never"}""".formatted(layerSize, epochs);
    }

    private String submit(String config) throws InterruptedException {
        String key = client.submit(config, UUID.randomUUID().toString());
        assertThat(key).as("a submit to a gateway that is up").isNotNull();
        accepted.add(key);
        return key;
    }

    private static void awaitStatus(String key, String pattern) {
        await("job " + key)
                .atMost(TRAINING)
                .ignoreExceptions()
                .until(() -> client.job(key).path("status").asText().matches(pattern));
    }

    private static void awaitReason(String key, String reason) {
        await("job " + key).atMost(TRAINING).ignoreExceptions().until(() -> reasons(key)
                .contains(reason));
    }

    private static List<String> reasons(String key) throws IOException, InterruptedException {
        return client.job(key).path("transitions").findValuesAsText("reason");
    }

    /** Epoch numbers that {@code attempt} reported, in order. */
    private static List<Integer> epochsOf(String key, int attempt) throws IOException, InterruptedException {
        return client.events(key).stream()
                .filter(event -> event.path("type").asText().equals("epoch"))
                .map(event -> event.path("data"))
                .filter(epoch -> epoch.path("attempt").asInt() == attempt)
                .map(epoch -> epoch.path("metrics").path("epoch").asInt())
                .toList();
    }

    private static List<JsonNode> models(String key) throws IOException, InterruptedException {
        List<JsonNode> ofJob = new ArrayList<>();
        for (JsonNode version : client.models()) {
            if (version.path("job_key").asText().equals(key)) {
                ofJob.add(version);
            }
        }
        return ofJob;
    }

    private static List<Integer> versions(String key) throws IOException, InterruptedException {
        return models(key).stream()
                .map(version -> version.path("version").asInt())
                .toList();
    }

    /** SHA-256 of the only ONNX file of the job. */
    private static String model(String key) throws IOException, InterruptedException {
        assertThat(models(key)).hasSize(1);
        return models(key).get(0).path("onnx_sha256").asText();
    }

    private static Path attempt(String key, int attempt) throws IOException {
        try (Stream<Path> attempts = Files.list(artifacts.resolve("jobs/" + key))) {
            return attempts.filter(
                            folder -> folder.getFileName().toString().startsWith("attempt-%d-".formatted(attempt)))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static Path checkpoint(String key, int epoch) throws IOException {
        return attempt(key, 1).resolve("checkpoint-%04d.bin".formatted(epoch));
    }

    private static List<Path> tempFiles() throws IOException {
        try (Stream<Path> files = Files.walk(artifacts)) {
            return files.filter(file -> file.toString().endsWith(".tmp")).toList();
        }
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }

    private static void flipAByte(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
    }

    private static void truncate(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length / 2), StandardOpenOption.TRUNCATE_EXISTING);
    }

    private static Instant time(JsonNode value) {
        return Instant.parse(value.asText());
    }
}
