package dev.trainyard.gateway;

import static io.restassured.RestAssured.get;
import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.post;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;

import dev.trainyard.job.FailureCode;
import dev.trainyard.message.DeadLetterPublisher;
import dev.trainyard.message.Topics;
import dev.trainyard.message.TrainEvent;
import dev.trainyard.standalone.testing.PlatformResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Life cycle of a job in the gateway on a real database and broker; the test simulates the trainer. */
@QuarkusTest
@QuarkusTestResource(PlatformResource.class)
@TestProfile(ShortTimesProfile.class)
class TrainingFlowTest {
    private static final String CONFIG = """
            {"dataset":"MnistDataset","model":"DigitModel","network":"mlp",
             "train_args":{"batch_size":32,"epochs":2},"promote":"%s"}""";

    @Inject
    @Identifier("default-kafka-broker")
    Map<String, Object> kafka;

    @ConfigProperty(name = "trainyard.artifacts.dir")
    Path artifacts;

    private FakeTrainer trainer;

    @BeforeEach
    void startTheTrainer() {
        trainer = new FakeTrainer(kafka, artifacts);
    }

    @AfterEach
    void stopTheTrainer() {
        trainer.close();
    }

    @Test
    void theEpochsOfAJobAreReportedAndItsModelIsPublished() throws Exception {
        Response accepted = submit("always");
        String key = accepted.jsonPath().getString("key");
        assertThat(accepted.header("Location")).endsWith("/api/v1/train/" + key);
        assertThat(accepted.header("Retry-After")).isNotNull();
        assertThat(accepted.jsonPath().getString("status_url")).isEqualTo("/api/v1/train/" + key);
        assertThat(job(key).getString("status")).isEqualTo("queued");

        FakeTrainer.Run run = trainer.take(key, 1).claim();
        assertThat(job(key).getString("engine")).isNull();
        run.report(new TrainEvent.Progress(1, 0.75, 0.25, 3000, 12, "dl4j 1"));
        eventually(key, "current_loss", 0.75f);
        JsonPath running = job(key);
        assertThat(running.getString("status")).isEqualTo("training_in_progress");
        assertThat(running.getInt("current_epoch")).isEqualTo(1);
        assertThat(running.getInt("epochs")).isEqualTo(2);
        assertThat(running.getDouble("progress")).isEqualTo(0.25);
        assertThat(running.getDouble("eta_seconds")).isBetween(1.0, 13.0);
        assertThat(running.getDouble("samples_per_second")).isEqualTo(3000);
        assertThat(running.getInt("attempt")).isEqualTo(1);
        assertThat(running.getString("engine")).isEqualTo("dl4j 1");

        run.epoch(1, 0.5).epoch(2, 0.25).succeed(0.5);
        eventually(key, "status", "success");
        JsonPath done = job(key);
        assertThat(done.getString("engine")).isEqualTo("dl4j 1");
        assertThat(done.getList("history.epoch")).isEqualTo(java.util.List.of(1, 2));
        assertThat(done.getDouble("history[1].train.loss")).isEqualTo(0.25);
        assertThat(done.getString("message.status")).isEqualTo("success");
        assertThat(done.getFloat("message.train.accuracy")).isEqualTo(0.9991f);
        assertThat(done.getFloat("message.test.accuracy")).isEqualTo(0.5f);
        assertThat(done.getFloat("message.test.loss")).isEqualTo(0.2f);
        assertThat(done.getList("transitions.to"))
                .isEqualTo(java.util.List.of("queued", "training_in_progress", "success"));
        assertThat(done.getList("transitions.reason"))
                .isEqualTo(java.util.List.of("submitted", "claimed", "completed"));

        int version = done.getInt("model.version");
        String model = "/api/v1/models/DigitModel/versions/" + version;
        get(model).then().body("active", equalTo(true)).body("job_key", equalTo(key));
        assertThat(get(model + "/model.onnx").asByteArray()).containsExactly(1, 2, 3);
        post("/api/v1/train/{key}/cancel", key).then().statusCode(409);
    }

    @Test
    void aRequiredEngineReachesTheTrainer() throws Exception {
        FakeTrainer.Run run = trainer.take(key(submit("never\",\"engine\":\"dl4j")), 1);
        assertThat(run.job.config().engine()).isEqualTo("dl4j");
        run.claim().epoch(1, 0.5).epoch(2, 0.5).succeed(0.5);
        given().contentType("application/json")
                .body(CONFIG.formatted("never\",\"engine\":\"tensor"))
                .post("/api/v1/train")
                .then()
                .statusCode(422)
                .body("errors[0].pointer", equalTo("/engine"));
    }

    @Test
    void aVerificationRequiresTheEngineThatTrained() throws Exception {
        String key = key(submit("never"));
        FakeTrainer.Run run = trainer.take(key, 1);
        assertThat(run.job.config().engine()).isNull();
        run.engine = "vector 1";
        run.claim().epoch(1, 0.5).epoch(2, 0.5).succeed(0.5);
        eventually(key, "status", "success");

        String repeated = key(post("/api/v1/train/{key}/verify", key));
        FakeTrainer.Run again = trainer.take(repeated, 1);
        assertThat(again.job.config().engine()).isEqualTo("vector");
        again.engine = "vector 1";
        again.claim().epoch(1, 0.5).epoch(2, 0.5).succeed(0.5);
        eventually(repeated, "status", "success");
        assertThat(job(repeated).getList("verification.differences")).isEmpty();
    }

    @Test
    void aWorseModelIsStoredButNotPromotedAndPromoteNeverIsRespected() throws Exception {
        String auto = key(submit("auto"));
        trainer.take(auto, 1).claim().epoch(1, 0.5).epoch(2, 0.5).succeed(0.01);
        eventually(auto, "status", "success");
        String never = key(submit("never"));
        trainer.take(never, 1).claim().epoch(1, 0.5).epoch(2, 0.5).succeed(1.0);
        eventually(never, "status", "success");
        for (String key : new String[] {auto, never}) {
            get("/api/v1/models/DigitModel/versions/" + job(key).getInt("model.version"))
                    .then()
                    .statusCode(200)
                    .body("active", equalTo(false));
        }
    }

    @Test
    void onlyOneClaimIsAcceptedAndTheOtherIsFenced() throws Exception {
        String key = key(submit("never"));
        FakeTrainer.Run first = trainer.take(key, 1).claim();
        eventually(key, "status", "training_in_progress");
        FakeTrainer.Run second = trainer.take(key, 1).claim();
        awaitOrder("fenced", second.token.toString());
        second.report(new TrainEvent.Progress(1, 9, 0.9, 1, 1));
        first.report(new TrainEvent.Progress(1, 0.75, 0.25, 3000, 12));
        eventually(key, "current_loss", 0.75f);
        second.epoch(1, 0.9).succeed(0.1);
        first.epoch(1, 0.5).epoch(2, 0.4).succeed(0.6);
        eventually(key, "status", "success");
        assertThat(job(key).getDouble("history[0].train.loss")).isEqualTo(0.5);
        assertThat(job(key).getFloat("message.test.accuracy")).isEqualTo(0.6f);
    }

    @Test
    void aJobWithoutHeartbeatsIsAttemptedAgainFromItsCheckpoint() throws Exception {
        String key = key(submit("never"));
        FakeTrainer.Run dead = trainer.take(key, 1).claim().epoch(1, 0.5);
        FakeTrainer.Run next = trainer.take(key, 2);
        assertThat(next.job.checkpoints()).hasSize(1);
        assertThat(next.job.checkpoints().get(0).epoch()).isEqualTo(1);
        next.claim();
        dead.epoch(2, 0.9).succeed(0.1); // back from the dead
        next.epoch(2, 0.4).succeed(0.6);
        eventually(key, "status", "success");
        JsonPath done = job(key);
        assertThat(done.getFloat("message.test.accuracy")).isEqualTo(0.6f);
        assertThat(done.getDouble("history[1].train.loss")).isEqualTo(0.4);
        assertThat(done.getInt("attempt")).isEqualTo(2);
        assertThat(done.getList("transitions.to"))
                .isEqualTo(java.util.List.of(
                        "queued", "training_in_progress", "queued", "training_in_progress", "success"));
    }

    @Test
    void aJobThatKillsItsWorkersFailsWithADeadLetter() throws Exception {
        String key = key(submit("never"));
        trainer.take(key, 1).claim();
        trainer.take(key, 2).claim();
        eventually(key, "status", "failed");
        assertThat(job(key).getString("error.code")).isNotBlank();
        assertThat(job(key).getString("error.message")).isNotBlank();
        awaitLetter(key);
    }

    private void awaitLetter(String key) {
        assertThat(trainer.awaitRecord(Topics.TRAIN_JOBS_DEAD_LETTER, letter -> text(letter.key())
                        .equals(key)))
                .isPresent();
    }

    private void awaitOrder(String kind, String subject) {
        assertThat(trainer.awaitRecord(Topics.TRAIN_CONTROL, order -> {
                    String content = text(order.value());
                    return content.contains("\"" + kind + "\"") && content.contains(subject);
                }))
                .isPresent();
    }

    private static String text(byte[] utf8) {
        return new String(utf8, StandardCharsets.UTF_8);
    }

    @Test
    void aDrainedWorkerReturnsItsJobAtOnce() throws Exception {
        String key = key(submit("never"));
        trainer.take(key, 1).claim().report(new TrainEvent.Released("the worker is shutting down"));
        assertThat(trainer.take(key, 2).job.attempt()).isEqualTo(2);
        get("/api/v1/train/" + key).then().body("status", equalTo("queued"));
    }

    @Test
    void aFailureHasTheMessageOfTheWorker() throws Exception {
        String key = key(submit("never"));
        trainer.take(key, 1).claim().fail(FailureCode.TRAINING_DIVERGED);
        eventually(key, "status", "failed");
        get("/api/v1/train/" + key)
                .then()
                .body("error.code", equalTo("training_diverged"))
                .body("error.message", equalTo("as the test wants it"));
        String later = key(submit("never")); // its dead letter would follow that of the first job
        trainer.take(later, 1).claim();
        trainer.take(later, 2).claim();
        awaitLetter(later);
        assertThat(hasLetter(key)).as("a failed job is not a dead letter").isFalse();
    }

    private boolean hasLetter(String key) {
        return trainer.all(Topics.TRAIN_JOBS_DEAD_LETTER).stream()
                .anyMatch(letter -> text(letter.key()).equals(key));
    }

    @Test
    void anUnreadableEventBecomesADeadLetterAndLaterOnesAreApplied() throws Exception {
        String key = key(submit("never"));
        FakeTrainer.Run run = trainer.take(key, 1);
        trainer.sendEvent(key, "{\"v\":1,".getBytes(StandardCharsets.UTF_8));
        run.claim();
        eventually(key, "status", "training_in_progress");
        assertThat(trainer.awaitRecord(
                        Topics.deadLetter(Topics.TRAIN_EVENTS),
                        letter -> text(letter.key()).equals(key)
                                && letter.headers().lastHeader(DeadLetterPublisher.REASON) != null))
                .isPresent();
    }

    @Test
    void aCancelledJobStaysCancelledAndItsWorkerIsNotified() throws Exception {
        String key = key(submit("never"));
        FakeTrainer.Run run = trainer.take(key, 1).claim();
        eventually(key, "status", "training_in_progress");
        post("/api/v1/train/{key}/cancel", key).then().statusCode(200).body("status", equalTo("cancelled"));
        awaitOrder("cancel", key);
        run.epoch(1, 0.5).epoch(2, 0.4).succeed(0.9);
        post("/api/v1/train/{key}/cancel", key).then().statusCode(200);
        get("/api/v1/train/" + key)
                .then()
                .body("status", equalTo("cancelled"))
                .body("transitions.to", contains("queued", "training_in_progress", "cancelled"));
        get("/api/v1/train?status=cancelled").then().body("jobs.key", hasItem(key));
    }

    @Test
    void preferWaitReturnsTheResultIfItArrivesInTime() throws Exception {
        String before = newest();
        CompletableFuture<Response> waiting =
                CompletableFuture.supplyAsync(() -> given().contentType("application/json")
                        .header("Prefer", "wait=60")
                        .body(CONFIG.formatted("never"))
                        .post("/api/v1/train"));
        String key = await().until(TrainingFlowTest::newest, newest -> !newest.equals(before));
        trainer.take(key, 1).claim().epoch(1, 0.5).epoch(2, 0.4).succeed(0.7);
        Response answered = waiting.get(30, TimeUnit.SECONDS);
        assertThat(answered.statusCode()).isEqualTo(200);
        assertThat(answered.jsonPath().getString("key")).isEqualTo(key);
        assertThat(answered.jsonPath().getFloat("message.test.accuracy")).isEqualTo(0.7f);

        given().contentType("application/json")
                .header("Prefer", "wait=1")
                .body(CONFIG.formatted("never"))
                .post("/api/v1/train")
                .then()
                .statusCode(202);
    }

    /** Key of the newest job; empty without jobs. */
    private static String newest() {
        String key = get("/api/v1/train?limit=1").jsonPath().getString("jobs[0].key");
        return key == null ? "" : key;
    }

    private static Response submit(String promote) {
        Response accepted = given().contentType("application/json")
                .body(CONFIG.formatted(promote))
                .post("/api/v1/train");
        assertThat(accepted.statusCode()).isEqualTo(202);
        return accepted;
    }

    private static String key(Response accepted) {
        return accepted.jsonPath().getString("key");
    }

    private static JsonPath job(String key) {
        return get("/api/v1/train/" + key).then().statusCode(200).extract().jsonPath();
    }

    private static void eventually(String key, String path, Object value) {
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> get("/api/v1/train/" + key).then().body(path, equalTo(value)));
    }
}
