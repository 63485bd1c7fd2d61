package dev.trainyard.gateway;

import static io.restassured.RestAssured.get;
import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.post;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;

import dev.trainyard.gateway.jobs.JobStore;
import dev.trainyard.job.TrainingConfigReader;
import dev.trainyard.message.PredictReply;
import dev.trainyard.message.WireJson;
import dev.trainyard.standalone.testing.PlatformResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.Response;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Inject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A gateway whose disk has less free space than its threshold, which is set far above any disk. */
@Tag("full")
@QuarkusTest
@QuarkusTestResource(PlatformResource.class)
@TestProfile(LowDiskTest.MarkAboveAnyDisk.class)
class LowDiskTest {
    private static final String CONFIG = """
            {"dataset": "MnistDataset", "model": "DigitModel", "network": "mlp",
             "train_args": {"batch_size": 32, "epochs": 1, "seed": 1}, "promote": "never"}""";
    private static final String TOKEN = "s3cret";

    public static class MarkAboveAnyDisk implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "trainyard.disk.refuse-below", "1000000G",
                    "trainyard.disk.accept-above", "1000001G",
                    "trainyard.disk.most-percent", "100",
                    "trainyard.admin.token", TOKEN);
        }
    }

    @Inject
    @Identifier("default-kafka-broker")
    Map<String, Object> kafka;

    @Inject
    Jdbi jdbi;

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
    void newWorkIsRejectedWithTheReasonAndNotStored() throws Exception {
        refused(submit(CONFIG, null));
        refused(given().contentType("image/png")
                .header("Prefer", "respond-async")
                .body(png)
                .post("/api/v1/predict"));
        refused(given().multiPart("a", "8.png", png, "image/png").post("/api/v1/predict/batch"));
        refused(given().header("Authorization", "Bearer " + TOKEN)
                .multiPart("model", "weights.h5", new byte[] {(byte) 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'})
                .post("/api/v1/models"));
        String paused = accepted(null);
        post("/api/v1/train/" + paused + "/pause").then().statusCode(200);
        refused(post("/api/v1/train/" + paused + "/resume"));
        post("/api/v1/train/" + paused + "/retry").then().statusCode(409);
        String failed = accepted(null);
        jdbi.useHandle(handle -> handle.execute(
                "update job set status = 'failed', ended_at = now() where key = cast(? as uuid)", failed));
        refused(post("/api/v1/train/" + failed + "/retry"));
        post("/api/v1/train/" + failed + "/resume").then().statusCode(409);
        for (String action : new String[] {"resume", "retry"}) {
            post("/api/v1/train/" + UUID.randomUUID() + "/" + action).then().statusCode(404);
        }
        assertThat(artifacts.resolve("uploads")).doesNotExist();
        assertThat(count("select count(*) from prediction")).isZero();
    }

    @Test
    void aRepeatedSubmissionIsStillAnsweredWithItsJob() throws Exception {
        String idempotencyKey = UUID.randomUUID().toString();
        String key = accepted(idempotencyKey);
        submit(CONFIG, idempotencyKey).then().statusCode(202).body("key", equalTo(key));
    }

    @Test
    void runningJobsFinishAndPredictionsContinue() throws Exception {
        String key = accepted(null);
        try (FakeTrainer trainer = new FakeTrainer(kafka, artifacts);
                FakePredictor predictor = new FakePredictor(
                        kafka, request -> new PredictReply.Answered("DigitModel", 1, 8, new float[10], null))) {
            trainer.take(key, 1).claim().epoch(1, 0.5).succeed(0.9);
            await().atMost(Duration.ofSeconds(60)).until(() -> get("/api/v1/train/" + key)
                    .jsonPath()
                    .getString("status")
                    .equals("success"));
            given().contentType("image/png")
                    .body(png)
                    .post("/api/v1/predict")
                    .then()
                    .statusCode(200);
            assertThat(predictor.isAlive()).isTrue();
        }
        post("/api/v1/train/" + accepted(null) + "/cancel").then().statusCode(200);
    }

    @Test
    void lowDiskSpaceIsShownInHealthMetricsAndSystemStatus() {
        get("/q/health/ready")
                .then()
                .statusCode(200)
                .body("checks.data.disk", hasItem(containsString("New work is refused")));
        get("/api/v1/system")
                .then()
                .statusCode(200)
                .body("disk.refusing", equalTo(true))
                .body("disk.disks.size()", equalTo(1));
        assertThat(get("/q/metrics").asString()).contains("trainyard_disk_refusing 1.0", "trainyard_disk_free_bytes ");
    }

    private static void refused(Response answer) {
        answer.then()
                .statusCode(507)
                .contentType("application/problem+json")
                .header("Retry-After", equalTo("60"))
                .body("type", equalTo("/problems/insufficient-storage"))
                .body("detail", containsString("bytes free"))
                .body("detail", containsString("TRAINYARD_DISK_REFUSE_BELOW"))
                .body("detail", containsString("running jobs and predictions continue"));
    }

    private static Response submit(String config, String idempotencyKey) {
        var request = given().contentType("application/json").body(config);
        return (idempotencyKey == null ? request : request.header("Idempotency-Key", idempotencyKey))
                .post("/api/v1/train");
    }

    /** A job submitted before the disk was full. */
    private String accepted(String idempotencyKey) throws Exception {
        var config = ((TrainingConfigReader.Valid)
                        TrainingConfigReader.read(WireJson.mapper().readTree(CONFIG)))
                .config();
        JobStore before = new JobStore(jdbi, 1_000, () -> {});
        return ((JobStore.Stored) before.submit(new JobStore.NewJob(config, null, null, idempotencyKey)))
                .key()
                .toString();
    }

    private int count(String sql) {
        return jdbi.withHandle(handle -> handle.select(sql).mapTo(Integer.class).one());
    }
}
