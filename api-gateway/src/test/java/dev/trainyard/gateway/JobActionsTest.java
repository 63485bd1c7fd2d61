package dev.trainyard.gateway;

import static io.restassured.RestAssured.get;
import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.post;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import com.sun.net.httpserver.HttpServer;
import dev.trainyard.gateway.jobs.JobStore;
import dev.trainyard.job.FailureCode;
import dev.trainyard.job.HistoryChecker;
import dev.trainyard.job.JobHistory;
import dev.trainyard.job.JobStatus;
import dev.trainyard.job.TrainingConfigReader;
import dev.trainyard.job.TransitionReason;
import dev.trainyard.message.Topics;
import dev.trainyard.message.TrainEvent;
import dev.trainyard.message.TrainJob;
import dev.trainyard.message.WireJson;
import dev.trainyard.standalone.testing.PlatformResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Inject;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Actions of owners on their jobs and the resulting notifications; the test simulates the trainer. */
@Tag("full")
@QuarkusTest
@QuarkusTestResource(PlatformResource.class)
@TestProfile(OperatorProfile.class)
class JobActionsTest {

    private static final String CONFIG = """
            {"dataset":"MnistDataset","model":"DigitModel","network":"mlp",
             "train_args":{"batch_size":32,"epochs":2,"seed":%d},"promote":"never"%s}""";

    @Inject
    @Identifier("default-kafka-broker")
    Map<String, Object> kafka;

    @Inject
    JobStore store;

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
    void aRepeatedSubmissionIsOneJob() throws Exception {
        String id = UUID.randomUUID().toString();
        List<CompletableFuture<String>> both = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            both.add(CompletableFuture.supplyAsync(() -> key(submit(CONFIG.formatted(1, ""), id))));
        }
        String key = both.get(0).get();
        for (CompletableFuture<String> one : both) {
            assertThat(one.get()).isEqualTo(key);
        }
        submit(CONFIG.formatted(2, ""), id)
                .then()
                .statusCode(422)
                .body("errors[0].pointer", equalTo("Idempotency-Key"));
        submit(CONFIG.formatted(1, ""), "has spaces in it").then().statusCode(422);
        assertThat(key(submit(CONFIG.formatted(1, ""), UUID.randomUUID().toString())))
                .isNotEqualTo(key);
    }

    @Test
    void aResumedJobContinuesAfterItsCheckpoint() throws Exception {
        String key = key(submit(CONFIG.formatted(3, ""), null));
        FakeTrainer.Run run = trainer.take(key, 1).claim().epoch(1, 0.5);
        eventually(key, "current_epoch", 1);
        post("/api/v1/train/{key}/pause", key).then().statusCode(200).body("status", equalTo("paused"));
        await().until(() -> orders(key).contains("pause"));
        run.epoch(2, 0.4).succeed(0.9); // late: the job is not its any more
        post("/api/v1/train/{key}/resume", key).then().statusCode(200).body("status", equalTo("queued"));
        post("/api/v1/train/{key}/resume", key).then().statusCode(409);
        FakeTrainer.Run second = trainer.take(key, 2);
        assertThat(second.job.checkpoints())
                .extracting(TrainJob.Checkpoint::epoch)
                .containsExactly(1);
        second.claim().epoch(2, 0.3).succeed(0.9);
        eventually(key, "status", "success");
        assertThat(violations(key)).isEmpty();
    }

    @Test
    void aLateClaimOfAPausedJobIsRejected() throws Exception {
        String key = key(submit(CONFIG.formatted(4, ""), null));
        FakeTrainer.Run run = trainer.take(key, 1);
        post("/api/v1/train/{key}/pause", key).then().statusCode(200);
        run.claim();
        await().atMost(Duration.ofSeconds(10)).until(() -> orders(key).contains("fenced"));
        get("/api/v1/train/" + key).then().body("status", equalTo("paused"));
        post("/api/v1/train/{key}/cancel", key).then().statusCode(200);
    }

    @Test
    void aRetriedJobKeepsItsCheckpoints() throws Exception {
        String key = key(submit(CONFIG.formatted(5, ""), null));
        post("/api/v1/train/{key}/retry", key).then().statusCode(409);
        trainer.take(key, 1).claim().epoch(1, 0.5).fail(FailureCode.CONFIGURATION_REJECTED);
        eventually(key, "status", "failed");
        get("/api/v1/train/" + key).then().body("error.code", equalTo("configuration_rejected"));
        post("/api/v1/train/{key}/retry", key).then().statusCode(200).body("status", equalTo("queued"));
        FakeTrainer.Run second = trainer.take(key, 2);
        assertThat(second.job.checkpoints()).hasSize(1);
        second.claim().epoch(2, 0.3).succeed(0.9);
        eventually(key, "status", "success");
        assertThat(violations(key)).isEmpty();
    }

    @Test
    void aSuccessWithMissingEpochsIsNotAccepted() throws Exception {
        String key = key(submit(CONFIG.formatted(6, ""), null));
        trainer.take(key, 1).claim().epoch(1, 0.5).succeed(0.9);
        FakeTrainer.Run second = trainer.take(key, 2);
        second.claim().epoch(2, 0.3).succeed(0.9);
        eventually(key, "status", "success");
        assertThat(job(key).getInt("attempt")).isEqualTo(2);
    }

    @Test
    void duplicatedReorderedLateAndForgedEventsChangeNothing() throws Exception {
        String key = key(submit(CONFIG.formatted(7, ""), null));
        FakeTrainer.Run run = trainer.take(key, 1);
        FakeTrainer.Run forger = trainer.take(key, 1);
        run.claim();
        eventually(key, "status", "training_in_progress");
        forger.epoch(1, 9).epoch(2, 9).succeed(0.1);
        run.epoch(1, 0.5).repeat().repeat();
        run.late(0, new TrainEvent.Failed(FailureCode.INTERNAL_ERROR, "from before"));
        run.epoch(2, 0.4).repeat().succeed(0.9).repeat();
        eventually(key, "status", "success");
        forger.fail(FailureCode.INTERNAL_ERROR);
        run.fail(FailureCode.INTERNAL_ERROR);
        assertThat(violations(key)).isEmpty();
        assertThat(job(key).getFloat("message.test.accuracy")).isEqualTo(0.9f);
        assertThat(job(key).getFloat("history[0].train.loss")).isEqualTo(0.5f);
    }

    @Test
    void aCancelRacingTheCompletionEndsTheJobOnce() throws Exception {
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            keys.add(key(submit(CONFIG.formatted(100 + i, ""), null)));
        }
        int cancelled = 0;
        Map<String, TrainJob> jobs = trainer.jobs(keys);
        for (int i = 0; i < keys.size(); i++) {
            String key = keys.get(i);
            FakeTrainer.Run run =
                    trainer.run(jobs.get(key)).claim().epoch(1, 0.5).epoch(2, 0.4);
            int delay = 2 * i;
            CompletableFuture<Response> cancel = CompletableFuture.supplyAsync(
                    () -> post("/api/v1/train/{key}/cancel", key),
                    CompletableFuture.delayedExecutor(delay, TimeUnit.MILLISECONDS));
            run.succeed(0.9);
            int status = cancel.get(10, TimeUnit.SECONDS).statusCode();
            assertThat(status).isIn(200, 409);
            cancelled += status == 200 ? 1 : 0;
        }
        for (String key : keys) {
            await().until(() ->
                    JobStatus.find(job(key).getString("status")).orElseThrow().isTerminal());
            assertThat(violations(key)).isEmpty();
        }
        assertThat(get("/api/v1/train?status=cancelled&limit=500").jsonPath().getList("jobs"))
                .hasSizeGreaterThanOrEqualTo(cancelled);
    }

    @Test
    void eventsHaveNoGapsAndContinueAfterTheLastEventId() throws Exception {
        String key = key(submit(CONFIG.formatted(8, ""), null));
        CompletableFuture<String> stream = CompletableFuture.supplyAsync(
                () -> get("/api/v1/train/{key}/events", key).asString());
        trainer.take(key, 1).claim().epoch(1, 0.5).epoch(2, 0.4).succeed(0.9);
        String whole = stream.get(30, TimeUnit.SECONDS);
        assertThat(ids(whole)).containsExactly("1", "2", "3", "4", "5");
        assertThat(whole).contains("event:epoch", "event:status").contains("event:end");
        String rest = given().header("Last-Event-ID", "3")
                .get("/api/v1/train/{key}/events", key)
                .asString();
        assertThat(ids(rest)).containsExactly("4", "5");
        get("/api/v1/train/{key}/events", UUID.randomUUID()).then().statusCode(404);
        given().header("Last-Event-ID", "x")
                .get("/api/v1/train/{key}/events", key)
                .then()
                .statusCode(422);
    }

    @Test
    void aLongPollReturnsAtTheNextEvent() throws Exception {
        String key = key(submit(CONFIG.formatted(9, ""), null));
        long known = job(key).getLong("last_event_id");
        CompletableFuture<Response> poll =
                CompletableFuture.supplyAsync(() -> get("/api/v1/train/{key}?wait=30&since={id}", key, known));
        trainer.take(key, 1).claim();
        JsonPath answer = poll.get(20, TimeUnit.SECONDS).jsonPath();
        assertThat(answer.getLong("last_event_id")).isGreaterThan(known);
        assertThat(answer.getString("status")).isEqualTo("training_in_progress");
        get("/api/v1/train/{key}?wait=soon", key).then().statusCode(422);
        post("/api/v1/train/{key}/cancel", key).then().statusCode(200);
    }

    @Test
    void theCallbackOfAJobIsSignedAndRepeatedUntilItSucceeds() throws Exception {
        BlockingQueue<String> calls = new LinkedBlockingQueue<>();
        AtomicInteger number = new AtomicInteger();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            calls.add(exchange.getRequestHeaders().getFirst("Trainyard-Signature") + "\n" + body);
            exchange.sendResponseHeaders(number.incrementAndGet() == 1 ? 500 : 204, -1);
            exchange.close();
        });
        server.start();
        try {
            String url =
                    "http://127.0.0.1:%d/done".formatted(server.getAddress().getPort());
            String key = key(submit(CONFIG.formatted(10, ",\"callback_url\":\"" + url + "\""), null));
            post("/api/v1/train/{key}/cancel", key).then().statusCode(200);
            String refused = calls.poll(20, TimeUnit.SECONDS);
            assertThat(calls.poll(30, TimeUnit.SECONDS)).as("called again").isNotNull();
            String body = refused.substring(refused.indexOf('\n') + 1);
            assertThat(body).contains(key).contains("\"cancelled\"");
            String time = refused.substring(2, refused.indexOf(','));
            assertThat(refused).startsWith("t=%s,v1=%s\n".formatted(time, hmac(time + "." + body)));
        } finally {
            server.stop(0);
        }
        submit(CONFIG.formatted(11, ",\"callback_url\":\"ftp://host/\""), null)
                .then()
                .statusCode(422)
                .body("errors[0].pointer", equalTo("/callback_url"));
    }

    @Test
    void aRepeatedSubmissionReturnsItsJobEvenIfTheCallbackHostIsUnknown() throws Exception {
        String body = CONFIG.formatted(14, ",\"callback_url\":\"http://unknown-host.invalid/\"");
        TrainingConfigReader.Valid wanted = (TrainingConfigReader.Valid)
                TrainingConfigReader.read(WireJson.mapper().readTree(body));
        String idempotencyKey = UUID.randomUUID().toString();
        JobStore.SubmitResult first =
                store.submit(new JobStore.NewJob(wanted.config(), wanted.callbackUrl(), null, idempotencyKey));
        Response again = submit(body, idempotencyKey);
        assertThat(again.statusCode()).isEqualTo(202);
        assertThat(key(again)).isEqualTo(((JobStore.Stored) first).key().toString());
        // 503 with Retry-After if the resolver is slow to report the unknown host
        await().until(() -> submit(body, UUID.randomUUID().toString()).statusCode(), equalTo(422));
    }

    @Test
    void aVerificationRunPublishesNothing() throws Exception {
        String key = key(submit(CONFIG.formatted(12, ""), null));
        post("/api/v1/train/{key}/verify", key).then().statusCode(409);
        trainer.take(key, 1).claim().epoch(1, 0.5).epoch(2, 0.4).succeed(0.9);
        eventually(key, "status", "success");
        int models = get("/api/v1/models").jsonPath().getList("models").size();
        Response asked = post("/api/v1/train/{key}/verify", key);
        assertThat(asked.statusCode()).isEqualTo(202);
        String again = key(asked);
        trainer.take(again, 1).claim().epoch(1, 0.5).epoch(2, 0.4).succeed(0.9);
        eventually(again, "status", "success");
        JsonPath verified = job(again);
        assertThat(verified.getString("verification.of")).isEqualTo(key);
        assertThat(verified.getBoolean("verification.same")).isTrue();
        assertThat(verified.getList("verification.differences")).isEmpty();
        assertThat(get("/api/v1/models").jsonPath().getList("models")).hasSize(models);
    }

    @Test
    void deadLettersAreListedWithTheirReasons() throws Exception {
        String mark = UUID.randomUUID().toString();
        trainer.sendEvent(mark, "{\"v\":0}".getBytes(StandardCharsets.UTF_8));
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            JsonPath letters = get("/api/v1/dead-letters?limit=10").jsonPath();
            String letter = "dead_letters.find { it.key == '%s' }.".formatted(mark);
            assertThat(letters.getString(letter + "reason")).contains("version 0");
            assertThat(letters.getString(letter + "source_topic")).isEqualTo(Topics.TRAIN_EVENTS);
            assertThat(letters.getString(letter + "source_offset")).isNotBlank();
        });
        get("/api/v1/dead-letters?limit=0").then().statusCode(422);
    }

    private static String hmac(String text) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(OperatorProfile.CALLBACK_SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static List<String> ids(String stream) {
        return stream.lines()
                .filter(line -> line.startsWith("id:"))
                .map(line -> line.substring(3).strip())
                .toList();
    }

    private List<String> orders(String key) {
        return trainer.all(Topics.TRAIN_CONTROL).stream()
                .map(order -> new String(order.value(), StandardCharsets.UTF_8))
                .filter(order -> order.contains(key))
                .map(order -> order.replaceAll(".*\"command\":\"([a-z]+)\".*", "$1"))
                .toList();
    }

    /** Verifies the history with the checker of the simulation and the chaos runs. */
    private static List<String> violations(String key) throws Exception {
        JsonPath job = job(key);
        List<JobHistory.Transition> steps = new ArrayList<>();
        for (Map<String, Object> step : job.<Map<String, Object>>getList("transitions")) {
            steps.add(new JobHistory.Transition(
                    step.get("from") == null
                            ? null
                            : JobStatus.find(step.get("from").toString()).orElseThrow(),
                    JobStatus.find(step.get("to").toString()).orElseThrow(),
                    (Integer) step.get("attempt"),
                    TransitionReason.of(step.get("reason").toString())));
        }
        List<JobHistory.Epoch> epochs = new ArrayList<>();
        for (String line : get("/api/v1/train/{key}/events", key).asString().split("\n")) {
            if (line.startsWith("data:") && line.contains("metrics")) {
                var data = WireJson.mapper().readTree(line.substring(5));
                epochs.add(new JobHistory.Epoch(
                        data.path("attempt").asInt(),
                        data.path("metrics").path("epoch").asInt()));
            }
        }
        JobStatus status = JobStatus.find(job.getString("status")).orElseThrow();
        // the trainer of this test publishes nothing
        return HistoryChecker.violations(
                new JobHistory(key, status, job.getInt("epochs"), false, steps, epochs, List.of()));
    }

    private static Response submit(String body, String idempotencyKey) {
        var request = given().contentType("application/json").body(body);
        return (idempotencyKey == null ? request : request.header("Idempotency-Key", idempotencyKey))
                .post("/api/v1/train");
    }

    private static String key(Response accepted) {
        assertThat(accepted.statusCode()).as(accepted.asString()).isEqualTo(202);
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
