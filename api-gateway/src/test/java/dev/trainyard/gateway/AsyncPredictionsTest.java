package dev.trainyard.gateway;

import static io.restassured.RestAssured.get;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import dev.trainyard.gateway.predictions.OutlierPolicy;
import dev.trainyard.gateway.predictions.PredictionRequest;
import dev.trainyard.gateway.predictions.ResponseOptions;
import dev.trainyard.gateway.predictions.async.AsyncPredictionStore;
import dev.trainyard.message.PredictHeaders;
import dev.trainyard.message.PredictReply;
import dev.trainyard.message.RequestedOutput;
import dev.trainyard.standalone.testing.PlatformResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Inject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Asynchronous predictions; the test acts as the predictor. */
@Tag("full")
@QuarkusTest
@QuarkusTestResource(PlatformResource.class)
@TestProfile(ShortTimesProfile.class)
class AsyncPredictionsTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Duration DAY = Duration.ofHours(24);
    private static final float[] PROBABILITIES = {0, 0, 0, 0, 0, 0, 0, 0, 0.75f, 0.25f};

    @Inject
    @Identifier("default-kafka-broker")
    Map<String, Object> kafka;

    @Inject
    Jdbi jdbi;

    private byte[] png;

    @BeforeEach
    void awaitTheGateway() throws Exception {
        png = Files.readAllBytes(Path.of("../example/8.png"));
        await().atMost(SOON).until(() -> get("/q/health/ready").statusCode() == 200);
    }

    @Test
    void aPredictionIsPendingAndThenHasTheSynchronousResult() throws Exception {
        Response accepted = later("respond-async");
        accepted.then()
                .statusCode(202)
                .header("Retry-After", notNullValue())
                .header("Preference-Applied", equalTo("respond-async"))
                .body("status", equalTo("pending"));
        String url = accepted.jsonPath().getString("status_url");
        assertThat(accepted.header("Location")).endsWith(url);
        assertThat(url).isEqualTo("/api/v1/predictions/" + accepted.jsonPath().getString("id"));
        get(url).then()
                .statusCode(200)
                .header("Retry-After", notNullValue())
                .body("status", equalTo("pending"))
                .body("result", nullValue());
        try (FakePredictor predictor = new FakePredictor(kafka, request -> answered(8, 3))) {
            JsonPath ended = ended(url);
            assertThat(ended.getString("status")).isEqualTo("succeeded");
            assertThat(ended.getString("ended_at")).isNotNull();
            Object atOnce = given().contentType("image/png")
                    .body(png)
                    .post("/api/v1/predict")
                    .jsonPath()
                    .get();
            assertThat((Object) ended.get("result")).isEqualTo(atOnce);
            assertThat(predictor.last().value()).isEqualTo(png);
        }
        assertThat(imagesKept()).isZero();
    }

    @Test
    void waitReturnsTheResultOrTheStatusUrl() throws Exception {
        try (FakePredictor predictor = new FakePredictor(kafka, request -> answered(8, 3))) {
            later("respond-async, wait=20")
                    .then()
                    .statusCode(200)
                    .header("Preference-Applied", equalTo("respond-async, wait=20"))
                    .body("prediction", equalTo(8));
            assertThat(predictor.last()).isNotNull();
        }
        AtomicBoolean silent = new AtomicBoolean(true);
        try (FakePredictor predictor = new FakePredictor(kafka, request -> silent.get() ? null : answered(8, 3))) {
            Response pending = later("respond-async, wait=1");
            pending.then().statusCode(202);
            String url = pending.jsonPath().getString("status_url");
            get(url).then().body("status", equalTo("pending"));
            silent.set(false); // before the last attempt
            given().header("Prefer", "wait=20")
                    .get(url)
                    .then()
                    .header("Preference-Applied", equalTo("wait=20"))
                    .body("status", equalTo("succeeded"));
            assertThat(predictor.isAlive()).isTrue();
        }
    }

    @Test
    void aRejectedImageFailsWithTheProblem() throws Exception {
        try (FakePredictor predictor =
                new FakePredictor(kafka, request -> new PredictReply.Rejected("The PNG is damaged."))) {
            String url = later("respond-async").jsonPath().getString("status_url");
            JsonPath failed = ended(url);
            assertThat(failed.getString("status")).isEqualTo("failed");
            assertThat(failed.getInt("problem.status")).isEqualTo(422);
            assertThat(failed.getString("problem.errors[0].detail")).isEqualTo("The PNG is damaged.");
            assertThat(failed.getString("problem.instance")).isEqualTo(url);
            assertThat((Object) failed.get("result")).isNull();
            later("respond-async, wait=20").then().statusCode(422);
            assertThat(predictor.last()).isNotNull();
        }
    }

    @Test
    void aLostRequestIsSentAgainAndTheFirstReplyCounts() throws Exception {
        AtomicInteger asks = new AtomicInteger();
        try (FakePredictor predictor = new FakePredictor(kafka, request -> {
            int ask = asks.incrementAndGet();
            return ask == 1 ? null : answered(8, ask);
        })) {
            String url = later("respond-async").jsonPath().getString("status_url");
            JsonPath ended = ended(url);
            assertThat(ended.getInt("result.model.version")).isEqualTo(2);
            // a late reply of the first predictor changes nothing
            predictor.reply(predictor.last(), answered(9, 99));
            predictor.reply(predictor.last(), new PredictReply.Rejected("too late"));
            later("respond-async, wait=20").then().statusCode(200); // behind them in the same partition
            assertThat((Object) get(url).jsonPath().get()).isEqualTo(ended.get());
        }
    }

    @Test
    void predictionsOfAStoppedGatewayAreSentByAnother() throws Exception {
        try (FakePredictor predictor = new FakePredictor(kafka, request -> answered(8, 3))) {
            // committed without notifying this gateway
            AsyncPredictionStore dead = new AsyncPredictionStore(jdbi, 1_000, 1_000_000);
            AsyncPredictionStore.Stored stored = (AsyncPredictionStore.Stored)
                    dead.accept(entry(), new AsyncPredictionStore.SubmitOptions("default", null, null, null));
            assertThat(ended("/api/v1/predictions/" + stored.id()).getInt("result.prediction"))
                    .isEqualTo(8);
            assertThat(predictor.isAlive()).isTrue();
        }
    }

    @Test
    void unavailableRepliesAreFinalAtTheThirdAttempt() throws Exception {
        AtomicInteger asks = new AtomicInteger();
        try (FakePredictor predictor = new FakePredictor(kafka, request -> {
            asks.incrementAndGet();
            return new PredictReply.Unavailable(PredictReply.Reason.INTERNAL_ERROR, "The predictor failed.");
        })) {
            JsonPath failed = ended(later("respond-async").jsonPath().getString("status_url"));
            assertThat(failed.getInt("problem.status")).isEqualTo(503);
            assertThat(asks.get()).isEqualTo(3);
            assertThat(predictor.isAlive()).isTrue();
        }
    }

    @Test
    void withoutAReplyItFailsAfterTheLastAttemptOrTheClientsTimeout() {
        String limited = given().header("Request-Timeout", "0.2")
                .spec(async("respond-async"))
                .post("/api/v1/predict")
                .jsonPath()
                .getString("status_url");
        String unlimited = later("respond-async").jsonPath().getString("status_url");
        for (String url : new String[] {limited, unlimited}) {
            JsonPath failed = ended(url);
            assertThat(failed.getString("status")).isEqualTo("failed");
            assertThat(failed.getString("problem.type")).isEqualTo("/problems/timeout");
        }
        assertThat(imagesKept()).isZero();
    }

    @Test
    void theSameKeyReturnsTheSamePredictionAndRejectsAnotherBody() {
        String key = UUID.randomUUID().toString();
        RequestSpecification same = given().header("Idempotency-Key", key);
        String id = same.spec(async("respond-async"))
                .post("/api/v1/predict")
                .jsonPath()
                .getString("id");
        given().header("Idempotency-Key", key)
                .spec(async("respond-async"))
                .post("/api/v1/predict")
                .then()
                .statusCode(202)
                .body("id", equalTo(id));
        byte[] other = NumberedPng.of(png, 1);
        given().header("Idempotency-Key", key)
                .header("Prefer", "respond-async")
                .contentType("image/png")
                .body(other)
                .post("/api/v1/predict")
                .then()
                .statusCode(422)
                .body("errors[0].pointer", equalTo("Idempotency-Key"));
        ended("/api/v1/predictions/" + id);
    }

    @Test
    void theSameKeyWithOtherOptionsIsRejected() {
        String key = UUID.randomUUID().toString();
        String id = given().header("Idempotency-Key", key)
                .spec(async("respond-async"))
                .post("/api/v1/predict")
                .jsonPath()
                .getString("id");
        for (String query : new String[] {"?outliers=accept", "?explain=true", "?version=1"}) {
            given().header("Idempotency-Key", key)
                    .spec(async("respond-async"))
                    .post("/api/v1/predict" + query)
                    .then()
                    .statusCode(422)
                    .body("errors[0].pointer", equalTo("Idempotency-Key"));
        }
        String batch = batch(key).then().statusCode(202).extract().path("id");
        batch(key, "?outliers=accept").then().statusCode(422);
        ended("/api/v1/predictions/" + id);
        ended("/api/v1/predictions/" + batch);
    }

    @Test
    void optionsAreStoredWithTheImage() throws Exception {
        PredictReply.Answered outlier = new PredictReply.Answered(
                "DigitModel", 3, 8, PROBABILITIES, new PredictReply.Trust(new int[0], true, 3.25, 2.5, null));
        try (FakePredictor predictor = new FakePredictor(kafka, request -> outlier)) {
            JsonPath refused = ended(later("respond-async").jsonPath().getString("status_url"));
            assertThat((Object) refused.get("result.prediction")).isNull();
            assertThat(refused.getInt("result.best_guess.prediction")).isEqualTo(8);
            assertThat(predictor.header(PredictHeaders.REQUESTED_OUTPUT)).isEqualTo("prediction");
            JsonPath accepted = ended(async("respond-async")
                    .post("/api/v1/predict?outliers=accept&explain=true")
                    .jsonPath()
                    .getString("status_url"));
            assertThat(accepted.getInt("result.prediction")).isEqualTo(8);
            assertThat(predictor.header(PredictHeaders.REQUESTED_OUTPUT)).isEqualTo("explanation");
        }
    }

    @Test
    void theClientsTimeoutReachesThePredictor() throws Exception {
        try (FakePredictor predictor = new FakePredictor(kafka, request -> null)) {
            ended(given().header("Request-Timeout", "0.5")
                    .spec(async("respond-async"))
                    .post("/api/v1/predict")
                    .jsonPath()
                    .getString("status_url"));
            // one attempt waits 700 ms
            assertThat(Long.parseLong(predictor.header(PredictHeaders.DEADLINE))
                            - predictor.last().timestamp())
                    .isBetween(1L, 500L);
        }
    }

    @Test
    void imagesAboveTheByteLimitAreRejected() {
        await().atMost(SOON).until(() -> imagesKept() == 0);
        AsyncPredictionStore small = new AsyncPredictionStore(jdbi, 1_000, png.length + 10);
        AsyncPredictionStore.SubmitOptions options =
                new AsyncPredictionStore.SubmitOptions("default", null, null, Duration.ofSeconds(5));

        AsyncPredictionStore.Stored stored = (AsyncPredictionStore.Stored) small.accept(entry(), options);
        assertThat(small.accept(entry(), options))
                .isInstanceOfSatisfying(AsyncPredictionStore.QueueFull.class, full -> assertThat(full.detail())
                        .contains("have %d bytes".formatted(png.length)));
        ended("/api/v1/predictions/" + stored.id());
    }

    private AsyncPredictionStore.NewPrediction entry() {
        return new AsyncPredictionStore.NewPrediction(
                null,
                PredictionRequest.png(png, RequestedOutput.PREDICTION, "DigitModel", null),
                new ResponseOptions("production", OutlierPolicy.REFUSE),
                null);
    }

    @Test
    void aBatchIsDeletedADayAfterItsLastEnd() throws Exception {
        AsyncPredictionStore store = new AsyncPredictionStore(jdbi, 1_000, 1_000_000);
        String id = batch(UUID.randomUUID().toString()).jsonPath().getString("id");
        String url = "/api/v1/predictions/" + id;
        age("prediction_batch", "created_at", "id", id, 25);
        store.deleteOldBatches(DAY, 1_000);
        get(url).then().statusCode(200);
        try (FakePredictor predictor = new FakePredictor(kafka, request -> answered(8, 3))) {
            ended(url);
            assertThat(predictor.isAlive()).isTrue();
        }
        age("prediction", "ended_at", "batch_id", id, 23);
        store.deleteOldBatches(DAY, 1_000);
        get(url).then().statusCode(200);

        age("prediction", "ended_at", "batch_id", id, 25);
        assertThat(store.deleteOldBatches(DAY, 1_000))
                .isLessThanOrEqualTo(1); // the gateway's own sweep may have been quicker
        get(url).then().statusCode(404);
    }

    private void age(String table, String column, String key, String id, int hours) {
        jdbi.useHandle(handle -> handle.execute(
                "update %s set %s = now() - ? * interval '1 hour' where cast(%s as text) = ?"
                        .formatted(table, column, key),
                hours,
                id));
    }

    @Test
    void unknownAndExpiredPredictionsAreNotFound() {
        get("/api/v1/predictions/" + UUID.randomUUID()).then().statusCode(404);
        get("/api/v1/predictions/nothing").then().statusCode(404).contentType("application/problem+json");
        String url = given().header("Request-Timeout", "0.001")
                .spec(async("respond-async"))
                .post("/api/v1/predict")
                .jsonPath()
                .getString("status_url");
        ended(url);
        jdbi.useHandle(handle -> handle.execute(
                "update prediction set ended_at = now() - interval '25 hours' where cast(id as text) = ?",
                url.substring(url.lastIndexOf('/') + 1)));
        await().atMost(SOON).until(() -> get(url).statusCode() == 404);
    }

    @Test
    void aBatchIsAcceptedWholeAndPredictedItemByItem() throws Exception {
        String key = UUID.randomUUID().toString();
        Response accepted = batch(key);
        accepted.then().statusCode(202);
        batch(key).then().statusCode(202).body("id", equalTo(accepted.jsonPath().getString("id")));
        String url = accepted.jsonPath().getString("status_url");
        get(url).then().body("status", equalTo("pending"));
        try (FakePredictor predictor = new FakePredictor(kafka, request -> answered(8, 3))) {
            JsonPath batch = ended(url);
            assertThat(batch.getString("status")).isEqualTo("succeeded");
            assertThat(batch.getInt("result.succeeded")).isEqualTo(2);
            assertThat(batch.getList("result.items.name")).containsExactly("8.png", "bad.png", "again.png");
            assertThat(batch.getInt("result.items[1].problem.status")).isEqualTo(415);
            assertThat(batch.getInt("result.items[2].result.prediction")).isEqualTo(8);
            assertThat(predictor.last()).isNotNull();
        }
    }

    @Test
    void aBatchAboveTheLimitIsRejectedWhole() {
        RequestSpecification many = given().header("Prefer", "respond-async");
        for (int i = 0; i < 41; i++) {
            many.multiPart("image", i + ".png", png, "image/png");
        }
        many.post("/api/v1/predict/batch")
                .then()
                .statusCode(429)
                .header("Retry-After", notNullValue())
                .body("detail", containsString("at most 40"));
    }

    private Response batch(String key) {
        return batch(key, "");
    }

    private Response batch(String key, String query) {
        return given().header("Prefer", "respond-async")
                .header("Idempotency-Key", key)
                .multiPart("first", "8.png", png, "image/png")
                .multiPart("second", "bad.png", "hello".getBytes(), "image/png")
                .multiPart("third", "again.png", png, "image/png")
                .post("/api/v1/predict/batch" + query);
    }

    private static PredictReply.Answered answered(int digit, int version) {
        return new PredictReply.Answered("DigitModel", version, digit, PROBABILITIES, null);
    }

    private RequestSpecification async(String prefer) {
        return given().header("Prefer", prefer).contentType("image/png").body(png);
    }

    private Response later(String prefer) {
        return async(prefer).post("/api/v1/predict");
    }

    private static JsonPath ended(String url) {
        await().atMost(SOON)
                .until(() -> !get(url).jsonPath().getString("status").equals("pending"));
        return get(url).jsonPath();
    }

    private int imagesKept() {
        return jdbi.withHandle(handle -> handle.createQuery("select count(*) from prediction where request is not null")
                .mapTo(Integer.class)
                .one());
    }
}
