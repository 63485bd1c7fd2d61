package dev.trainyard.gateway;

import static io.restassured.RestAssured.get;
import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.post;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import dev.trainyard.job.FailureCode;
import dev.trainyard.standalone.testing.PlatformResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.Response;
import io.restassured.response.ValidatableResponse;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Inject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Jobs that start after others; the test simulates the trainer. */
@Tag("full")
@QuarkusTest
@QuarkusTestResource(PlatformResource.class)
@TestProfile(OperatorProfile.class)
class JobDependenciesTest {
    private static final String CONFIG = """
            {"dataset":"MnistDataset","model":"DigitModel","network":"mlp",
             "train_args":{"batch_size":32,"epochs":1},"promote":"never"%s}""";

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
    void aJobIsQueuedOnceAllOthersHaveSucceeded() throws Exception {
        String first = key(submit());
        String second = key(submit());
        String last = key(submit(first, second));
        job(last)
                .body("status", equalTo("queued"))
                .body("after", equalTo(List.of(first, second)))
                .body("waiting_for", equalTo(List.of(first, second)))
                .body("queue_position", nullValue());
        String tag = get("/api/v1/train/" + last).header("ETag");

        trainer.take(first, 1).claim().epoch(1, 0.5).succeed(0.9);
        eventually(last, "waiting_for", List.of(second));
        given().header("If-None-Match", tag).get("/api/v1/train/" + last).then().statusCode(200);
        trainer.take(second, 1).claim().epoch(1, 0.5).succeed(0.9);
        trainer.take(last, 1).claim().epoch(1, 0.5).succeed(0.9);
        eventually(last, "status", "success");
        job(last).body("after", equalTo(List.of(first, second))).body("waiting_for", nullValue());
        assertThat(reasons(last)).containsExactly("submitted", "dependencies_met", "claimed", "completed");

        String late = key(submit(first, last));
        job(late).body("waiting_for", nullValue()).body("after", equalTo(List.of(first, last)));
        trainer.take(late, 1).claim();
        cancel(late);
    }

    @Test
    void aFailureEndsTheWaitingJobsAndBothCanBeRetried() throws Exception {
        String first = key(submit());
        String second = key(submit(first));
        String third = key(submit(second));
        trainer.take(first, 1).claim().fail(FailureCode.TRAINING_DIVERGED);
        eventually(third, "status", "failed");
        job(second)
                .body("status", equalTo("failed"))
                .body("error.code", equalTo("dependency_failed"))
                .body("error.message", containsString(first));
        job(third).body("error.message", containsString(second));
        act(second, "retry")
                .then()
                .statusCode(409)
                .body("detail", containsString("job %s, which has failed; retry that job first".formatted(first)));
        given().contentType("application/json")
                .body("{\"action\":\"retry\",\"keys\":[\"%s\",\"%s\",\"%s\"]}".formatted(third, first, second))
                .post("/api/v1/train/actions")
                .then()
                .body("items.outcome", equalTo(List.of("refused", "changed", "changed")));
        act(third, "retry").then().statusCode(200).body("waiting_for", equalTo(List.of(second)));
        trainer.take(first, 2).claim().epoch(1, 0.5).succeed(0.9);
        trainer.take(second, 2).claim().epoch(1, 0.5).succeed(0.9);
        trainer.take(third, 2).claim().epoch(1, 0.5).succeed(0.9);
        eventually(third, "status", "success");
    }

    @Test
    void aCancelledDependencyCancels() {
        String first = key(submit());
        String second = key(submit(first));
        String third = key(submit(second));
        cancel(first);
        eventually(third, "status", "cancelled");
        job(second)
                .body("transitions[-1].reason", equalTo("dependency_cancelled"))
                .body("transitions[-1].detail", containsString("job %s, which was cancelled".formatted(first)))
                .body("ended_at", notNullValue());
        submit(first)
                .then()
                .statusCode(422)
                .body("errors[0].pointer", equalTo("/after/0"))
                .body("errors[0].detail", containsString("was cancelled"));
    }

    @Test
    void aWaitingJobIsPausedResumedAndCancelled() throws Exception {
        String first = key(submit());
        String second = key(submit(first));
        act(second, "pause").then().statusCode(200).body("status", equalTo("paused"));
        job(second).body("waiting_for", equalTo(List.of(first)));
        act(second, "resume").then().statusCode(200).body("waiting_for", equalTo(List.of(first)));
        act(second, "pause").then().statusCode(200);
        trainer.take(first, 1).claim().epoch(1, 0.5).succeed(0.9);
        eventually(first, "status", "success");
        job(second).body("status", equalTo("paused"));
        act(second, "resume")
                .then()
                .statusCode(200)
                .body("waiting_for", nullValue())
                .body("queue_position", notNullValue());
        trainer.take(second, 3).claim();
        eventually(second, "status", "training_in_progress");
        cancel(second);

        String third = key(submit());
        String fourth = key(submit(third));
        act(fourth, "pause").then().statusCode(200);
        cancel(third);
        act(fourth, "resume")
                .then()
                .statusCode(409)
                .body("detail", containsString("job %s, which was cancelled".formatted(third)));
        cancel(fourth);
    }

    @Test
    void badDependenciesAreExplained() {
        String one = key(submit());
        String unknown = UUID.randomUUID().toString();
        for (String mode : List.of("", "?dry_run=true")) {
            given().contentType("application/json")
                    .body(config(one, unknown))
                    .post("/api/v1/train" + mode)
                    .then()
                    .statusCode(422)
                    .body("errors.pointer", equalTo(List.of("/after/1")))
                    .body("errors[0].detail", containsString("no job with key " + unknown));
        }
        submit(one, one).then().statusCode(422).body("errors.pointer", equalTo(List.of("/after/1")));
        submit("latest").then().statusCode(422).body("errors.pointer", equalTo(List.of("/after/0")));
        for (String after : List.of("\"" + one + "\"", "{}", "null")) {
            given().contentType("application/json")
                    .body(CONFIG.formatted(",\"after\":" + after))
                    .post("/api/v1/train")
                    .then()
                    .statusCode(422)
                    .body("errors.pointer", equalTo(List.of("/after")));
        }
        submit(Stream.generate(() -> UUID.randomUUID().toString()).limit(101).toArray(String[]::new))
                .then()
                .statusCode(422)
                .body("errors[0].detail", containsString("0 to 100 keys, not 101"));
        cancel(one);
    }

    @Test
    void theDependenciesBelongToTheIdempotencyKey() {
        String one = key(submit());
        String id = UUID.randomUUID().toString();
        String stored = key(submitAs(id, config(one)));
        assertThat(key(submitAs(id, config(one)))).isEqualTo(stored);
        submitAs(id, config()).then().statusCode(422).body("errors[0].pointer", equalTo("Idempotency-Key"));
        cancel(one);
        eventually(stored, "status", "cancelled");
        assertThat(key(submitAs(id, config(one))))
                .as("its dependency has ended meanwhile")
                .isEqualTo(stored);
        job(stored).body("status", equalTo("cancelled"));
    }

    @Test
    void waitingJobsHaveNoPositionAndDelayNoOther() {
        String one = key(submit());
        String waiting = key(submit(one));
        String two = key(submit());
        int position = job(one).extract().path("queue_position");
        job(two).body("queue_position", equalTo(position + 1));
        get("/api/v1/train?limit=3")
                .then()
                .body("jobs.find { it.key == '%s' }.waiting_for".formatted(waiting), hasItem(one))
                .body("jobs.find { it.key == '%s' }.queue_position".formatted(waiting), nullValue())
                .body("jobs.find { it.key == '%s' }.queue_position".formatted(two), equalTo(position + 1))
                .body("jobs.find { it.key == '%s' }.after".formatted(two), empty());
        cancel(waiting);
        cancel(one);
        cancel(two);
    }

    private static ValidatableResponse job(String key) {
        return get("/api/v1/train/" + key).then().statusCode(200);
    }

    private static List<String> reasons(String key) {
        return get("/api/v1/train/" + key).jsonPath().getList("transitions.reason");
    }

    private static void eventually(String key, String field, Object value) {
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> job(key).body(field, equalTo(value)));
    }

    private static Response act(String key, String action) {
        return post("/api/v1/train/{key}/{action}", key, action);
    }

    private static void cancel(String key) {
        act(key, "cancel").then().statusCode(200);
    }

    private static String config(String... after) {
        String keys = Arrays.stream(after).map("\"%s\""::formatted).collect(Collectors.joining(","));
        return CONFIG.formatted(after.length == 0 ? "" : ",\"after\":[%s]".formatted(keys));
    }

    private static Response submit(String... after) {
        return given().contentType("application/json").body(config(after)).post("/api/v1/train");
    }

    private static Response submitAs(String idempotencyKey, String body) {
        return given().contentType("application/json")
                .header("Idempotency-Key", idempotencyKey)
                .body(body)
                .post("/api/v1/train");
    }

    private static String key(Response accepted) {
        return accepted.then().statusCode(202).extract().path("key");
    }
}
