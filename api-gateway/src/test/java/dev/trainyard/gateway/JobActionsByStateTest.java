package dev.trainyard.gateway;

import static io.restassured.RestAssured.get;
import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.post;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import dev.trainyard.job.FailureCode;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Inject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Every action in every job state; repeated actions have no effect. The test simulates the trainer. */
@Tag("full")
@QuarkusTest
@QuarkusTestResource(dev.trainyard.standalone.testing.PlatformResource.class)
@TestProfile(OperatorProfile.class)
class JobActionsByStateTest {
    private static final String CONFIG = """
            {"dataset":"MnistDataset","model":"DigitModel","network":"mlp",
             "train_args":{"batch_size":32,"epochs":1},"promote":"never"}""";

    private static final List<String> ACTIONS = List.of("cancel", "pause", "resume", "retry", "verify");

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

    /** A state and the actions it allows, in order. Rejected actions are tried first, because they change nothing. */
    private record State(String name, Map<String, String> allowed) {}

    @Test
    void eachStateAcceptsItsActionsAndExplainsRejectedOnes() throws Exception {
        List<State> states = List.of(
                new State("queued", Map.of("cancel", "cancelled", "pause", "paused")),
                new State("training_in_progress", Map.of("cancel", "cancelled", "pause", "paused")),
                new State("paused", Map.of("pause", "paused", "resume", "queued", "cancel", "cancelled")),
                new State("success", Map.of("verify", "success")),
                new State("failed", Map.of("retry", "queued")),
                new State("cancelled", Map.of("cancel", "cancelled")));
        for (State state : states) {
            String key = jobThatIs(state.name());
            for (String action : ACTIONS) {
                if (!state.allowed().containsKey(action)) {
                    act(key, action)
                            .then()
                            .statusCode(409)
                            .contentType("application/problem+json")
                            .body("detail", containsString("has status " + state.name()));
                }
            }
            for (Map.Entry<String, String> action : state.allowed().entrySet()) {
                String one = state.allowed().size() == 1 ? key : jobThatIs(state.name());
                act(one, action.getKey()).then().statusCode(action.getKey().equals("verify") ? 202 : 200);
                get("/api/v1/train/" + one).then().body("status", equalTo(action.getValue()));
            }
        }
        for (String action : ACTIONS) {
            act(UUID.randomUUID().toString(), action).then().statusCode(404);
            act("no-key", action).then().statusCode(404);
        }
    }

    @Test
    void repeatedCancelAndPauseTakeEffectOnce() throws Exception {
        String paused = jobThatIs("paused");
        act(paused, "pause").then().statusCode(200).body("status", equalTo("paused"));
        assertThat(steps(paused)).containsExactly("queued", "paused");
        String cancelled = jobThatIs("cancelled");
        act(cancelled, "cancel").then().statusCode(200).body("status", equalTo("cancelled"));
        assertThat(steps(cancelled)).containsExactly("queued", "cancelled");
    }

    @Test
    void twoVerificationsWithOneIdempotencyKeyAreOneJob() throws Exception {
        String key = jobThatIs("success");
        String id = UUID.randomUUID().toString();
        List<String> jobs = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            jobs.add(given().header("Idempotency-Key", id)
                    .post("/api/v1/train/{key}/verify", key)
                    .then()
                    .statusCode(202)
                    .extract()
                    .path("key"));
        }
        assertThat(jobs.get(0)).isEqualTo(jobs.get(1)).isNotEqualTo(key);
        given().header("Idempotency-Key", id)
                .contentType("application/json")
                .body(CONFIG)
                .post("/api/v1/train")
                .then()
                .statusCode(422);
    }

    @Test
    void fieldOrderAndWhitespaceDoNotChangeASubmission() {
        String id = UUID.randomUUID().toString();
        String turned = "{ \"train_args\" : { \"epochs\":1,\n\"batch_size\":32 }, \"promote\":\"never\", "
                + "\"network\":\"mlp\",\"model\":\"DigitModel\",\"dataset\":\"MnistDataset\"}";
        String first = submit(CONFIG, id).then().statusCode(202).extract().path("key");
        submit(turned, id).then().statusCode(202).body("key", equalTo(first));
        submit(CONFIG.replace("32", "64"), id)
                .then()
                .statusCode(422)
                .body("errors[0].pointer", equalTo("Idempotency-Key"));
        for (String bad : List.of("with space", "ü", "x".repeat(256))) {
            submit(CONFIG, bad).then().statusCode(422).body("errors[0].detail", containsString("1 to 255"));
        }
        submit(CONFIG, "x".repeat(200) + UUID.randomUUID()).then().statusCode(202);
    }

    @Test
    void aLastEventIdInTheFutureIsRejected() throws Exception {
        String key = jobThatIs("queued");
        for (String id : List.of("2", "999999999999999999", "-1", "1.5", "x")) {
            given().header("Last-Event-ID", id)
                    .get("/api/v1/train/{key}/events", key)
                    .then()
                    .statusCode(422)
                    .body("errors[0].pointer", equalTo("Last-Event-ID"))
                    .body("errors[0].detail", containsString("at most 1 now"));
        }
        get("/api/v1/train/{key}?wait=-1", key).then().statusCode(422);
        get("/api/v1/train/{key}?wait=1&since=x", key).then().statusCode(422);
        get("/api/v1/train/{key}?wait=1&since=999999999999999999", key).then().statusCode(200);
        act(key, "cancel").then().statusCode(200);
    }

    @Test
    void aThousandConcurrentStreamsReceiveTheEndEvent() throws Exception {
        String key = jobThatIs("queued");
        HttpClient http =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:%d/api/v1/train/%s/events".formatted(RestAssured.port, key)))
                .build();
        List<CompletableFuture<String>> streams = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            streams.add(open(http, request, 30));
        }
        await().atMost(Duration.ofSeconds(30)).until(() -> act(key, "cancel").statusCode() == 200);
        for (CompletableFuture<String> stream : streams) {
            assertThat(stream.get(60, TimeUnit.SECONDS))
                    .contains("id:1", "id:2", "event:end")
                    .doesNotContain("id:3");
        }
    }

    /** Retries after 429, as stream clients do, because so many at once may exceed the limit. */
    private static CompletableFuture<String> open(HttpClient http, HttpRequest request, int tries) {
        return http.sendAsync(request, HttpResponse.BodyHandlers.ofString()).thenCompose(response -> {
            if (response.statusCode() != 503 || tries == 0) {
                return CompletableFuture.completedFuture(response.body());
            }
            long seconds = response.headers().firstValueAsLong("Retry-After").orElseThrow();
            return CompletableFuture.supplyAsync(
                            () -> tries - 1, CompletableFuture.delayedExecutor(seconds, TimeUnit.SECONDS))
                    .thenCompose(left -> open(http, request, left));
        });
    }

    private String jobThatIs(String status) throws Exception {
        String key = submit(CONFIG, null).then().statusCode(202).extract().path("key");
        switch (status) {
            case "training_in_progress" -> trainer.take(key, 1).claim();
            case "paused" -> act(key, "pause").then().statusCode(200);
            case "cancelled" -> act(key, "cancel").then().statusCode(200);
            case "success" -> trainer.take(key, 1).claim().epoch(1, 0.5).succeed(0.9);
            case "failed" -> trainer.take(key, 1).claim().fail(FailureCode.CONFIGURATION_REJECTED);
            default -> assertThat(status).isEqualTo("queued");
        }
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> get("/api/v1/train/" + key).then().body("status", equalTo(status)));
        return key;
    }

    private static List<String> steps(String key) {
        return get("/api/v1/train/" + key).jsonPath().getList("transitions.to");
    }

    private static Response act(String key, String action) {
        return post("/api/v1/train/{key}/{action}", key, action);
    }

    private static Response submit(String body, String idempotencyKey) {
        var request = given().contentType("application/json").body(body);
        return (idempotencyKey == null ? request : request.header("Idempotency-Key", idempotencyKey))
                .post("/api/v1/train");
    }
}
