package dev.trainyard.gateway;

import static io.restassured.RestAssured.delete;
import static io.restassured.RestAssured.get;
import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.post;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.trainyard.artifact.StoredFiles;
import dev.trainyard.job.FailureCode;
import dev.trainyard.message.PredictReply;
import dev.trainyard.message.TopicSpec;
import dev.trainyard.message.Topics;
import dev.trainyard.message.TrainJob;
import dev.trainyard.standalone.testing.PlatformResource;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.kafka.clients.admin.Admin;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A month of operation in 30 rounds that create every kind of stored data, with retention times of seconds. After each
 * half the test waits for the sweeps; the second half must not leave more data than the first.
 */
@Tag("soak")
@QuarkusTest
@QuarkusTestResource(PlatformResource.class)
@TestProfile(RetentionSoakTest.Seconds.class)
class RetentionSoakTest {
    private static final int DAYS_OF_HALF = 15;
    private static final int JOBS_OF_DAY = 10;
    private static final int PREDICTIONS_OF_DAY = 10;
    private static final String TOKEN = "s3cret";
    /** PostgreSQL's catalogs and free space vary by some pages. */
    private static final double TOLERANCE = 0.1;

    private static final long TOLERATED_BYTES = 512 * 1024;
    private static final Duration SETTLING = Duration.ofSeconds(90);

    public static class Seconds implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            Map<String, String> settings = new HashMap<>();
            settings.put("trainyard.admin.token", TOKEN);
            settings.put("trainyard.reaper.unclaimed-limit", "2s");
            settings.put("trainyard.reaper.period", "1s");
            settings.put("trainyard.predict.async.age", "2s");
            settings.put("trainyard.retention.alias-moves", "10");
            for (String age : List.of(
                    "jobs",
                    "paused-jobs",
                    "idempotency-keys",
                    "checkpoints",
                    "failed-checkpoints",
                    "orphans",
                    "comparisons",
                    "deleted-versions")) {
                settings.put("trainyard.retention." + age, "2s");
            }
            for (String period : List.of("sweep", "file-sweep", "young-files")) {
                settings.put("trainyard.retention." + period, "1s");
            }
            for (String topic : List.of("events", "control", "predictions", "dead-letters")) {
                settings.put("trainyard.retention.topics." + topic + "-time", "3s");
            }
            settings.put("trainyard.retention.topics.jobs-time", "10s");
            return settings;
        }
    }

    @Inject
    @Identifier("default-kafka-broker")
    Map<String, Object> kafka;

    @Inject
    Jdbi jdbi;

    @Inject
    MeterRegistry metrics;

    @ConfigProperty(name = "trainyard.artifacts.dir")
    Path artifacts;

    private byte[] png;

    @BeforeEach
    void awaitTheGateway() throws Exception {
        png = Files.readAllBytes(Path.of("../example/8.png"));
        await().atMost(Duration.ofSeconds(60))
                .until(() -> get("/q/health/ready").statusCode() == 200);
    }

    @Test
    void diskUseDoesNotGrowInTheSecondHalfOfAMonth() throws Exception {
        Map<String, Long> first;
        Map<String, Long> second;
        try (FakeTrainer trainer = new FakeTrainer(kafka, artifacts);
                FakePredictor predictor = new FakePredictor(
                        kafka, request -> new PredictReply.Answered("DigitModel", 1, 8, new float[10], null))) {
            half(trainer);
            first = settled();
            half(trainer);
            second = settled();
            assertThat(predictor.isAlive()).isTrue();
        }
        System.out.println("left after half a month: " + first);
        System.out.println("left after a month:      " + second);

        // entries are kept for 7 days at least, whatever the setting; AuditTest deletes older ones
        second.remove("rows of audit_entry");
        for (Map.Entry<String, Long> left : second.entrySet()) {
            long before = first.getOrDefault(left.getKey(), 0L);
            boolean bytes = left.getKey().startsWith("bytes");
            assertThat(left.getValue())
                    .as("%s, %d after the first half", left.getKey(), before)
                    .isLessThanOrEqualTo((long) (before * (1 + TOLERANCE)) + (bytes ? TOLERATED_BYTES : 2));
        }
        // every submitted job was deleted, or belongs to the version in production
        assertThat(deleted("jobs")).isGreaterThanOrEqualTo(2 * DAYS_OF_HALF * JOBS_OF_DAY - 2);
        for (String what : List.of(
                "paused_jobs",
                "idempotency_keys",
                "predictions",
                "prediction_batches",
                "alias_moves",
                "deleted_versions",
                "files_of_jobs",
                "uploads",
                "temporary_files")) {
            assertThat(deleted(what)).as(what).isPositive();
        }
    }

    private void half(FakeTrainer trainer) throws Exception {
        for (int day = 0; day < DAYS_OF_HALF; day++) {
            predictions();
            jobs(trainer);
            importThatFails(trainer);
            for (int i = 0; i < 5; i++) {
                trainer.sendEvent(UUID.randomUUID().toString(), "no event".getBytes(StandardCharsets.UTF_8));
            }
            Path left = Files.createDirectories(artifacts.resolve("tmp")).resolve(UUID.randomUUID() + ".tmp");
            Files.write(left, new byte[10_000]);
            Files.setLastModifiedTime(left, FileTime.from(Instant.now().minus(Duration.ofHours(2))));
            deleteOldVersions();
        }
    }

    private void predictions() {
        for (int i = 0; i < PREDICTIONS_OF_DAY; i++) {
            given().contentType("image/png")
                    .body(png)
                    .post("/api/v1/predict")
                    .then()
                    .statusCode(200);
            given().contentType("image/png")
                    .header("Prefer", "respond-async")
                    .body(png)
                    .post("/api/v1/predict")
                    .then()
                    .statusCode(202);
        }
        given().header("Prefer", "respond-async")
                .multiPart("a", "8.png", png, "image/png")
                .multiPart("b", "8.png", png, "image/png")
                .post("/api/v1/predict/batch")
                .then()
                .statusCode(202);
    }

    /** Some succeed, some fail, some are cancelled, and one is paused and forgotten. */
    private void jobs(FakeTrainer trainer) throws Exception {
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < JOBS_OF_DAY; i++) {
            keys.add(given().contentType("application/json")
                    .header("Idempotency-Key", UUID.randomUUID().toString())
                    .body("""
                            {"dataset": "MnistDataset", "model": "DigitModel", "network": "mlp",
                             "train_args": {"batch_size": 32, "epochs": 3, "seed": 1}, "promote": "auto"}""")
                    .post("/api/v1/train")
                    .jsonPath()
                    .getString("key"));
        }
        Map<String, TrainJob> dispatched = trainer.jobs(keys);
        for (int i = 0; i < JOBS_OF_DAY; i++) {
            String key = keys.get(i);
            if (i == 0) {
                post("/api/v1/train/" + key + "/pause").then().statusCode(200);
                continue;
            }
            FakeTrainer.Run run = trainer.run(dispatched.get(key)).claim();
            for (int epoch = 1; epoch <= 3; epoch++) {
                run.epoch(epoch, 0.5);
            }
            if (i < 4) {
                run.fail(FailureCode.CONFIGURATION_REJECTED);
            } else if (i < 7) {
                post("/api/v1/train/" + key + "/cancel").then().statusCode(200);
            } else {
                run.succeed(0.9999);
            }
        }
        awaitNoneLive(keys.subList(1, keys.size()));
    }

    private void importThatFails(FakeTrainer trainer) throws Exception {
        byte[] file = (UUID.randomUUID() + "x".repeat(50_000)).getBytes(StandardCharsets.UTF_8);
        String key = given().header("Authorization", "Bearer " + TOKEN)
                .multiPart("model", "model.onnx", file)
                .post("/api/v1/models")
                .jsonPath()
                .getString("key");
        trainer.run(trainer.jobs(List.of(key)).get(key)).claim().fail(FailureCode.IMPORT_REJECTED);
        awaitNoneLive(List.of(key));
    }

    private void awaitNoneLive(List<String> keys) {
        await().atMost(Duration.ofSeconds(60))
                .until(() -> jdbi.withHandle(handle -> handle.createQuery(
                                        "select count(*) from job where ended_at is null and cast(key as text) = any(:keys)")
                                .bindArray("keys", String.class, keys)
                                .mapTo(Integer.class)
                                .one())
                        == 0);
    }

    /** Deletes all versions except the newest as an administrator would. */
    private static void deleteOldVersions() {
        List<Integer> versions =
                get("/api/v1/models?name=DigitModel&limit=100").jsonPath().getList("models.version");
        versions.stream().skip(1).forEach(version -> delete("/api/v1/models/DigitModel/versions/" + version));
    }

    /** Amount of stored data once it no longer decreases, or after a time limit. */
    private Map<String, Long> settled() throws Exception {
        long deadline = System.nanoTime() + SETTLING.toNanos();
        Map<String, Long> before = Map.of();
        Map<String, Long> now = left();
        while (System.nanoTime() < deadline && (now.get("rows of job") > 1 || topics(now) > 0 || !now.equals(before))) {
            Thread.sleep(2_000); // the sweeps give no event
            before = now;
            now = left();
        }
        return now;
    }

    private static long topics(Map<String, Long> left) {
        return left.get("bytes of topics with a time");
    }

    private Map<String, Long> left() throws Exception {
        Map<String, Long> left = new TreeMap<>();
        jdbi.useHandle(handle -> {
            handle.execute("vacuum");
            List<String> tables = handle.createQuery("select relname from pg_stat_user_tables")
                    .mapTo(String.class)
                    .list();
            for (String table : tables) {
                left.put(
                        "rows of " + table,
                        handle.createQuery("select count(*) from " + table)
                                .mapTo(Long.class)
                                .one());
            }
            left.put(
                    "bytes of the database",
                    handle.createQuery("select pg_database_size(current_database())")
                            .mapTo(Long.class)
                            .one());
        });
        List<StoredFiles.Stored> files = new StoredFiles(artifacts).files("");
        left.put("files", (long) files.size());
        left.put(
                "bytes of files",
                files.stream().mapToLong(StoredFiles.Stored::size).sum());
        left.put("bytes of topics with a time", topicBytes("delete"));
        left.put("bytes of compacted topics", topicBytes("compact"));
        return left;
    }

    /** Bytes on the broker's disk of the topics whose cleanup policy starts with {@code policy}. */
    private long topicBytes(String policy) throws Exception {
        List<String> topics = Topics.all().stream()
                .filter(topic -> topic.config().get("cleanup.policy").startsWith(policy))
                .map(TopicSpec::name)
                .toList();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.get("bootstrap.servers")))) {
            int broker = admin.describeCluster().nodes().get().iterator().next().id();
            return admin.describeLogDirs(List.of(broker)).allDescriptions().get().get(broker).values().stream()
                    .flatMap(folder -> folder.replicaInfos().entrySet().stream())
                    .filter(replica -> topics.contains(replica.getKey().topic()))
                    .mapToLong(replica -> replica.getValue().size())
                    .sum();
        }
    }

    private double deleted(String what) {
        return metrics.counter("trainyard.retention.deleted", "what", what).count();
    }
}
