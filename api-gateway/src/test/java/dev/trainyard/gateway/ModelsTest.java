package dev.trainyard.gateway;

import static io.restassured.RestAssured.delete;
import static io.restassured.RestAssured.get;
import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.post;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.nullValue;

import dev.trainyard.artifact.ArtifactPaths;
import dev.trainyard.artifact.FileArtifactStore;
import dev.trainyard.gateway.models.ModelPublisher;
import dev.trainyard.gateway.models.ModelRegistry;
import dev.trainyard.job.PromotionPolicy;
import dev.trainyard.message.ModelQuarantine;
import dev.trainyard.message.ModelVersion;
import dev.trainyard.message.PredictReply;
import dev.trainyard.message.Topics;
import dev.trainyard.message.Versioned;
import dev.trainyard.message.WireJson;
import dev.trainyard.standalone.testing.PlatformResource;
import dev.trainyard.standalone.testing.TopicInspector;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Inject;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The model registry over REST, and the version that an image is sent to; the test simulates trainer and predictor. */
@QuarkusTest
@QuarkusTestResource(PlatformResource.class)
class ModelsTest {
    private static final float[] PROBABILITIES = {0, 0, 0, 0, 0, 0, 0, 0, 0.75f, 0.25f};

    @Inject
    @Identifier("default-kafka-broker")
    Map<String, Object> kafka;

    @Inject
    ModelRegistry registry;

    @Inject
    Jdbi jdbi;

    @ConfigProperty(name = "trainyard.artifacts.dir")
    Path artifacts;

    /** Unique for each test, because the registry is shared. */
    private final String model = "M-" + UUID.randomUUID();

    private final String url = "/api/v1/models/" + model;
    private ModelPublisher published;

    @BeforeEach
    void awaitTheGateway() {
        await().atMost(Duration.ofSeconds(20))
                .until(() -> get("/q/health/ready").statusCode() == 200);
        published = new ModelPublisher(registry, new FileArtifactStore(artifacts));
    }

    @Test
    void versionsAreListedPageByPageWithTheirAliases() {
        published.versions(model, 5);
        alias("canary", 4).then().statusCode(200);
        List<Integer> read = new ArrayList<>();
        String cursor = "";
        while (cursor != null) {
            JsonPath page = get("/api/v1/models?limit=2&name=" + model + cursor).jsonPath();
            read.addAll(page.getList("models.version"));
            String next = page.getString("next_cursor");
            cursor = next == null ? null : "&cursor=" + next;
        }
        assertThat(read).containsExactly(5, 4, 3, 2, 1);
        get("/api/v1/models?name=" + model)
                .then()
                .body("models[1].aliases", contains("canary"))
                .body("models[1].active", equalTo(false))
                .body("models[4].aliases", contains("production"))
                .body("models[4].active", equalTo(true));
        get("/api/v1/models?limit=1").then().body("models", hasSize(1));
        get("/api/v1/models?name=nothing").then().statusCode(200).body("models", hasSize(0));
        get("/api/v1/models?order=newest&limit=1").then().statusCode(200).body("models", hasSize(1));
        get("/api/v1/models?order=NEWEST")
                .then()
                .statusCode(422)
                .body("errors.pointer", contains("?order"))
                .body("errors[0].detail", equalTo("must be name or newest"));
        get("/api/v1/models?limit=0&cursor=AAAA")
                .then()
                .statusCode(422)
                .body("errors.pointer", contains("?limit", "?cursor"));
    }

    @Test
    void promotionsAndRollbacksAreRecorded() {
        published.versions(model, 3);
        post(url + "/versions/2/promote").then().statusCode(200).body("production", equalTo(2));
        post(url + "/versions/2/promote").then().statusCode(200);
        alias("production", 3).then().statusCode(200).body("production", equalTo(3));
        post(url + "/rollback").then().statusCode(200).body("production", equalTo(2));
        post(url + "/rollback").then().statusCode(200).body("production", equalTo(1));
        post(url + "/rollback").then().statusCode(409).body("detail", containsString("nothing to roll back to"));
        post(url + "/versions/3/promote?alias=canary").then().statusCode(200);
        get(url).then()
                .body("moves.to", contains(3, 1, 2, 3, 2, 1))
                .body(
                        "moves.reason",
                        contains("promoted", "rolled_back", "rolled_back", "set", "promoted", "published"))
                .body("aliases.alias", contains("canary", "production"))
                .body("models.version", contains(3, 2, 1));
    }

    @Test
    void theLineageOfADeletedVersionIsKept() throws Exception {
        published.versions(model, 2);
        alias("canary", 2).then().statusCode(200);
        String version = url + "/versions/2";
        delete(version).then().statusCode(409).body("detail", containsString("in use by the alias canary"));
        delete(url + "/aliases/canary").then().statusCode(204);
        delete(url + "/aliases/canary").then().statusCode(204);
        assertThat(get(version + "/model.onnx").statusCode()).isEqualTo(200);
        Path onnx = artifacts.resolve(onnxPath(2));
        Path metadata = artifacts.resolve(ArtifactPaths.metadataBeside(onnxPath(2)));
        Files.writeString(metadata, "{}"); // a trainer leaves it there
        assertThat(onnx).exists();

        delete(version).then().statusCode(204);
        delete(version).then().statusCode(204);

        assertThat(onnx).doesNotExist();
        assertThat(metadata).doesNotExist();
        get(version + "/model.onnx").then().statusCode(410).body("detail", containsString("deleted"));
        get(version)
                .then()
                .statusCode(200)
                .body("deleted_at", containsString("T"))
                .body("onnx_url", nullValue())
                .body("lineage.dataset_sha256.length()", equalTo(64))
                .body("lineage.config.network", equalTo("lenet5"))
                .body("lineage.seed", equalTo(42))
                .body("lineage.engine", containsString("dl4j"))
                .body("lineage.metrics.test.accuracy", equalTo(0.9f));
        get("/api/v1/models?name=" + model).then().body("models.version", contains(1));
        post(version + "/promote").then().statusCode(410);
        predict("?model=" + model + "&version=2")
                .then()
                .statusCode(410)
                .body("detail", containsString("versions are 1"));
        String key = ModelVersion.key(model, 2);
        await().atMost(Duration.ofSeconds(20)).until(() -> TopicInspector.read(kafka, Topics.MODEL_VERSIONS).stream()
                .anyMatch(said -> said.value() == null && new String(said.key(), StandardCharsets.UTF_8).equals(key)));
    }

    @Test
    void aRetiredModelHasNoActiveVersionUntilAPromotion() throws Exception {
        published.versions(model, 1);
        delete(url + "/versions/1")
                .then()
                .statusCode(409)
                .body("detail", containsString("DELETE /api/v1/models/%s/aliases/production".formatted(model)));
        delete(url + "/aliases/production").then().statusCode(204);
        get(url).then().statusCode(200).body("production", nullValue()).body("models.version", contains(1));
        post(url + "/rollback").then().statusCode(404).body("detail", containsString("no alias production"));
        try (FakePredictor predictor = FakePredictor.ofVersions(
                kafka,
                request -> new PredictReply.Unavailable(PredictReply.Reason.NO_ACTIVE_MODEL, "There is none."))) {
            predict("?model=" + model)
                    .then()
                    .statusCode(503)
                    .body("type", equalTo("/problems/no-active-model"))
                    .body("detail", containsString("Promote a version"));
            assertThat(predictor).isNotNull();
        }
        post(url + "/versions/1/promote").then().statusCode(200).body("production", equalTo(1));
    }

    @Test
    void aDeletedModelReturnsWhenItIsPublishedAgain() throws Exception {
        published.versions(model, 2);
        alias("canary", 2).then().statusCode(200);
        put("/route", "{\"canary_share\":0.5}").then().statusCode(200);
        Path onnx = artifacts.resolve(onnxPath(1));

        delete(url).then().statusCode(204);
        delete(url).then().statusCode(204);

        delete("/api/v1/models/nothing").then().statusCode(404);
        assertThat(onnx).doesNotExist();
        get(url).then().statusCode(410).body("detail", containsString("restores it"));
        get(url + "/route").then().statusCode(410);
        put("/route", "{\"canary_share\":0.5}").then().statusCode(410);
        alias("canary", 1).then().statusCode(410);
        post(url + "/versions/1/promote").then().statusCode(410);
        post(url + "/rollback").then().statusCode(404);
        get(url + "/versions/1").then().statusCode(200).body("deleted_at", containsString("T"));
        get("/api/v1/models?name=" + model).then().body("models", hasSize(0));
        predict("?model=" + model).then().statusCode(410).body("detail", containsString("All versions of model"));
        predict("?model=" + model + "&alias=canary").then().statusCode(410);
        predict("?model=" + model + "&version=1").then().statusCode(410);
        get("/v2/models/" + model).then().statusCode(404);

        assertThat(published.version(model, 0.2, PromotionPolicy.AUTO)).isEqualTo(3);
        get(url).then().statusCode(200).body("production", equalTo(3)).body("route.canary_share", equalTo(0f));
    }

    @Test
    void aQuarantinedVersionIsListedUntilItIsReleased() throws Exception {
        published.versions(model, 2);
        String sha256 = get(url + "/versions/1").jsonPath().getString("onnx_sha256");
        ModelQuarantine found = new ModelQuarantine(
                Versioned.CURRENT, sha256, model, 1, "predictor-1", "SIGFPE", "load", Instant.now());
        say(Topics.MODEL_QUARANTINE, sha256, found);
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> get(url + "/versions/1")
                .then()
                .body("quarantine.cause", equalTo("SIGFPE"))
                .body("quarantine.predictor", equalTo("predictor-1"))
                .body("quarantine.phase", equalTo("load")));
        get(url).then().body("models[1].quarantine.cause", equalTo("SIGFPE")).body("models[0].quarantine", nullValue());
        await().untilAsserted(() -> get("/api/v1/system").then().body("quarantined.sha256", hasItems(sha256)));
        assertThat(get("/q/metrics").asString()).contains("trainyard_models_quarantined");

        post(url + "/versions/1/release-quarantine").then().statusCode(200);
        post(url + "/versions/1/release-quarantine").then().statusCode(200);
        post(url + "/versions/9/release-quarantine").then().statusCode(404);

        get(url + "/versions/1").then().body("quarantine", nullValue());
        await().atMost(Duration.ofSeconds(20)).until(() -> TopicInspector.read(kafka, Topics.MODEL_QUARANTINE).stream()
                .anyMatch(
                        said -> said.value() == null && new String(said.key(), StandardCharsets.UTF_8).equals(sha256)));
    }

    @Test
    void aVersionWithAMissingOrDamagedFileIsReportedAndCanBeReplaced() throws Exception {
        published.versions(model, 2);
        post(url + "/versions/2/promote").then().statusCode(200);
        Path onnx = artifacts.resolve(onnxPath(2));
        Files.write(onnx, new byte[] {1});
        get(url + "/versions/2/model.onnx")
                .then()
                .statusCode(503)
                .body("type", equalTo("/problems/model-unavailable"))
                .body("detail", containsString("damaged"));
        Files.delete(onnx);
        get(url + "/versions/2/model.onnx")
                .then()
                .statusCode(503)
                .body("detail", containsString("not in the artifact"));

        post(url + "/rollback").then().statusCode(200).body("production", equalTo(1));
        delete(url + "/versions/2").then().statusCode(204);
        post(url + "/versions/1/promote").then().statusCode(200);
        delete(url).then().statusCode(204);
    }

    private void say(String topic, String key, Object message) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(kafka, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(topic, key.getBytes(StandardCharsets.UTF_8), WireJson.write(message)))
                    .get();
        }
    }

    @Test
    void theMistakesOfAVersionAreOnePngUntilItIsDeleted() throws Exception {
        FileArtifactStore store = new FileArtifactStore(artifacts);
        published.versions(model, 1);
        published.withMistakes(
                model,
                store.write("test/" + model + "/model.onnx", new byte[] {1}),
                2,
                store.write("test/" + model + "/mistakes.png", new byte[] {7, 8}));
        get(url + "/versions/2")
                .then()
                .body("metadata.confusion.counts[4][9]", equalTo(2))
                .body("metadata.confusion.examples.prediction", contains(9, 9));
        Response image = get(url + "/versions/2/mistakes.png");
        assertThat(image.contentType()).isEqualTo("image/png");
        assertThat(image.asByteArray()).containsExactly(7, 8);
        get(url + "/versions/1/mistakes.png")
                .then()
                .statusCode(404)
                .body("detail", containsString("mistakes of version"));

        post(url + "/versions/1/promote").then().statusCode(200);
        delete(url + "/versions/2").then().statusCode(204);

        get(url + "/versions/2/mistakes.png").then().statusCode(410);
        assertThat(artifacts.resolve("test/" + model + "/mistakes.png")).doesNotExist();
    }

    @Test
    void theBundledModelHasAConfusionMatrix() throws Exception {
        JsonPath first = get("/api/v1/models/DigitModel/versions/1").jsonPath();
        List<List<Integer>> counts = first.getList("metadata.confusion.counts");
        int all = counts.stream()
                .flatMap(List::stream)
                .mapToInt(Integer::intValue)
                .sum();
        int right = IntStream.range(0, counts.size())
                .map(digit -> counts.get(digit).get(digit))
                .sum();
        assertThat(all).isEqualTo(10_000);
        assertThat(right / (double) all).isCloseTo(first.getDouble("metrics.test.accuracy"), within(1e-6));

        BufferedImage images = ImageIO.read(new ByteArrayInputStream(
                get("/api/v1/models/DigitModel/versions/1/mistakes.png").asByteArray()));
        assertThat(images.getWidth()).isEqualTo(28);
        assertThat(images.getHeight())
                .isEqualTo(28 * first.getList("metadata.confusion.examples").size());
    }

    @Test
    void unknownOrInvalidNamesAreProblems() {
        published.versions(model, 1);
        for (String path : List.of(
                "/api/v1/models/nothing", "/api/v1/models/nothing/route", url + "/versions/9", url + "/versions/x")) {
            given().urlEncodingEnabled(false).get(path).then().statusCode(404).contentType("application/problem+json");
        }
        post(url + "/versions/9/promote").then().statusCode(404);
        post("/api/v1/models/nothing/rollback").then().statusCode(404);
        post(url + "/rollback?alias=best").then().statusCode(404).body("detail", containsString("no alias best"));
        post(url + "/rollback?alias=B!").then().statusCode(422).body("errors.pointer", contains("?alias"));
        delete(url + "/versions/9").then().statusCode(404);
        delete(url + "/aliases/best").then().statusCode(404);
        alias("canary", 9).then().statusCode(404);
        put("/aliases/Best", "{\"version\":0,\"x\":1}")
                .then()
                .statusCode(422)
                .body("errors.pointer", contains("/alias", "/version", "/x"));
        put("/aliases/best", "{").then().statusCode(400);
        put("/aliases/best", "{}").then().statusCode(422).body("errors.pointer", contains("/version"));
        put("/route", "{\"canary_share\":1.5,\"shadow_share\":\"x\",\"shadow_alias\":\"production\",\"y\":1}")
                .then()
                .statusCode(422)
                .body("errors.pointer", hasItems("/canary_share", "/shadow_share", "/shadow_alias", "/y"));
        predict("?model=DogModel").then().statusCode(404).body("detail", containsString("DigitModel"));
        predict("?model=" + model + "&alias=best")
                .then()
                .statusCode(404)
                .body("detail", containsString("aliases production and versions 1"));
        predict("?version=x&alias=B!")
                .then()
                .statusCode(422)
                .body("errors.pointer", contains("?version", "?alias", "?alias"));
    }

    @Test
    void theOpenApiDocumentHasTheModelOperations() {
        assertThat(get("/q/openapi").asString())
                .contains(
                        "/api/v1/models/{name}/aliases/{alias}",
                        "/api/v1/models/{name}/versions/{version}/promote",
                        "/api/v1/models/{name}/rollback",
                        "/api/v1/models/{name}/versions/{version}/release-quarantine",
                        "/api/v1/models/{name}/route",
                        "canary_share",
                        "next_cursor",
                        "dataset_sha256");
    }

    @Test
    void theRequestedVersionPredicts() throws Exception {
        published.versions(model, 3);
        alias("best", 3).then().statusCode(200);
        try (FakePredictor predictor = FakePredictor.ofVersions(kafka, request -> answer(request, 8))) {
            predict("?model=" + model + "&version=2")
                    .then()
                    .statusCode(200)
                    .body("model.name", equalTo(model))
                    .body("model.version", equalTo(2))
                    .body("model.alias", nullValue());
            predict("?model=" + model + "&alias=best")
                    .then()
                    .statusCode(200)
                    .body("model.version", equalTo(3))
                    .body("model.alias", equalTo("best"));
            predict("?model=" + model).then().statusCode(200).body("model.alias", equalTo("production"));
            // just published, perhaps by another gateway
            int next = published.version(model, 0.9, PromotionPolicy.NEVER);
            predict("?model=" + model + "&version=" + next)
                    .then()
                    .statusCode(200)
                    .body("model.version", equalTo(next));
            assertThat(predictor).isNotNull();
        }
    }

    @Test
    void modelsThatPredictorsCannotLoadAreListedWithTheCause() throws Exception {
        published.versions(model, 2);
        try (FakePredictor predictor = FakePredictor.ofVersions(
                kafka,
                request -> new PredictReply.Unavailable(PredictReply.Reason.MODEL_UNAVAILABLE, "It is damaged."))) {
            predict("?model=" + model + "&version=2")
                    .then()
                    .statusCode(503)
                    .header("Retry-After", equalTo("1"))
                    .body("type", equalTo("/problems/model-unavailable"))
                    .body("detail", equalTo("It is damaged."));
            assertThat(predictor).isNotNull();
        }
        // another gateway deletes it, and the predictor is notified before this gateway
        try (FakePredictor predictor = FakePredictor.ofVersions(kafka, request -> {
            jdbi.useHandle(handle -> handle.execute(
                    "update model_version set deleted_at = now() where name = ? and version = 2", model));
            jdbi.useHandle(handle -> handle.execute("update model_revision set revision = revision + 1"));
            return new PredictReply.Unavailable(PredictReply.Reason.UNKNOWN_VERSION, "It is unknown.");
        })) {
            predict("?model=" + model + "&version=2").then().statusCode(410);
            assertThat(predictor).isNotNull();
        }
        published.version(model, 0.9, PromotionPolicy.NEVER);
        // a predictor of an earlier release does not support versions
        try (FakePredictor predictor = FakePredictor.ofVersions(
                kafka, request -> new PredictReply.Answered(request.model(), 1, 8, PROBABILITIES, null))) {
            predict("?model=" + model + "&version=3").then().statusCode(503);
            assertThat(predictor).isNotNull();
        }
    }

    @Test
    void theCanaryGetsItsShareAndFailuresFallBackToProduction() throws Exception {
        published.versions(model, 2);
        alias("canary", 2).then().statusCode(200);
        put("/route", "{\"canary_share\":0.5}").then().statusCode(200).body("canary_version", equalTo(2));
        try (FakePredictor predictor = FakePredictor.ofVersions(kafka, request -> answer(request, 8))) {
            int canaries = 0;
            for (int i = 0; i < 20; i++) {
                JsonPath said = predict("?model=" + model)
                        .then()
                        .statusCode(200)
                        .extract()
                        .jsonPath();
                boolean canary = said.getString("model.alias").equals("canary");
                assertThat(said.getInt("model.version")).isEqualTo(canary ? 2 : 1);
                canaries += canary ? 1 : 0;
            }
            assertThat(canaries).isBetween(8, 12);
            assertThat(predictor).isNotNull();
        }
        put("/route", "{\"canary_share\":1}").then().statusCode(200);
        try (FakePredictor predictor = FakePredictor.ofVersions(
                kafka,
                request -> request.version() == null
                        ? answer(request, 8)
                        : new PredictReply.Unavailable(PredictReply.Reason.MODEL_UNAVAILABLE, "It is damaged."))) {
            predict("?model=" + model).then().statusCode(200).body("model.alias", equalTo("production"));
            assertThat(predictor).isNotNull();
        }
        // a missing reply, as during loading, does not fall back either
        try (FakePredictor predictor =
                FakePredictor.ofVersions(kafka, request -> request.version() == null ? answer(request, 8) : null)) {
            predict("?model=" + model).then().statusCode(200).body("model.alias", equalTo("production"));
            assertThat(predictor).isNotNull();
        }
    }

    @Test
    void theShadowIsComparedWithoutDelayingRequests() throws Exception {
        published.versions(model, 2);
        alias("canary", 2).then().statusCode(200);
        put("/route", "{\"shadow_share\":1}").then().statusCode(200).body("shadow_version", equalTo(2));
        AtomicInteger shadows = new AtomicInteger();
        try (FakePredictor predictor = FakePredictor.ofVersions(kafka, request -> {
            if (!request.shadow()) {
                return answer(request, 8);
            }
            int number = shadows.incrementAndGet();
            assertThat(request.version()).isEqualTo(2);
            return number == 1
                    ? null // silence
                    : number == 2
                            ? new PredictReply.Unavailable(PredictReply.Reason.MODEL_UNAVAILABLE, "It is damaged.")
                            : answer(request, number <= 4 ? 9 : 8);
        })) {
            for (int i = 0; i < 10; i++) {
                long started = System.nanoTime();
                predict("?model=" + model)
                        .then()
                        .statusCode(200)
                        .body("model.version", equalTo(1))
                        .body("prediction", equalTo(8));
                assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(4));
                int asked = i + 1;
                await().until(() -> shadows.get() == asked);
            }
            // the request without a reply ends after the timeout of 5 s
            await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> get(url + "/route")
                    .then()
                    .body("compared", equalTo(8))
                    .body("disagreed", equalTo(2))
                    .body("comparisons[0].version", equalTo(1))
                    .body("comparisons[0].shadow_version", equalTo(2))
                    .body("comparisons[0].failed", equalTo(2))
                    .body("comparisons[0].disagreement", equalTo(0.25f)));
            assertThat(predictor).isNotNull();
        }
        assertThat(get("/q/metrics").asString())
                .contains("trainyard_shadow_requests_total{model=\"%s\",outcome=\"disagreed\"} 2.0".formatted(model));
    }

    @Test
    void aShadowWithoutRepliesTakesNoCapacityFromRequests() throws Exception {
        published.versions(model, 2);
        alias("canary", 2).then().statusCode(200);
        put("/route", "{\"shadow_share\":1}").then().statusCode(200);
        try (FakePredictor predictor =
                FakePredictor.ofVersions(kafka, request -> request.shadow() ? null : answer(request, 8))) {
            for (int i = 0; i < 100; i++) {
                predict("?model=" + model).then().statusCode(200);
            }
            assertThat(predictor).isNotNull();
        }
        assertThat(shadowRequests("skipped")).isPositive();
        // waits until the others time out, because their capacity is shared with other tests
        await().atMost(Duration.ofSeconds(30)).until(() -> shadowRequests("skipped") + shadowRequests("failed") == 100);
    }

    private int shadowRequests(String outcome) {
        String name = "trainyard_shadow_requests_total{model=\"%s\",outcome=\"%s\"} ".formatted(model, outcome);
        return get("/q/metrics")
                .asString()
                .lines()
                .filter(line -> line.startsWith(name))
                .mapToInt(line -> (int) Double.parseDouble(line.substring(name.length())))
                .sum();
    }

    private static PredictReply.Outcome answer(FakePredictor.Request request, int digit) {
        return new PredictReply.Answered(
                request.model(), request.version() == null ? 1 : request.version(), digit, PROBABILITIES, null);
    }

    private Response alias(String alias, int version) {
        return put("/aliases/" + alias, "{\"version\":%d}".formatted(version));
    }

    private Response put(String path, String body) {
        return given().contentType("application/json").body(body).put(url + path);
    }

    private static Response predict(String query) {
        try {
            return given().contentType("image/png")
                    .body(Files.readAllBytes(Path.of("../example/8.png")))
                    .post("/api/v1/predict" + query);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private String onnxPath(int version) {
        return jdbi.withHandle(handle -> handle.createQuery(
                        "select onnx ->> 'path' from model_version where name = :name and version = :version")
                .bind("name", model)
                .bind("version", version)
                .mapTo(String.class)
                .one());
    }
}
