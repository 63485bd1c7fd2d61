package dev.trainyard.gateway;

import static io.restassured.RestAssured.get;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.trainyard.standalone.testing.PlatformResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Inject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Test;

/**
 * Contract of the first API version: paths and fields may be added, but none of these may be removed or changed.
 */
@QuarkusTest
@QuarkusTestResource(PlatformResource.class)
class ContractTest {
    private static final String SEED = """
            {"dataset":"MnistDataset","dataset_args":{"image_size":[28,28,1]},"model":"DigitModel","network":"lenet5",\
            "network_args":{},"train_args":{"batch_size":32,"epochs":2},"save_weights":true}""";

    private static final Map<String, List<String>> PATHS = Map.of(
            "/api/v1/train", List.of("get", "post"),
            "/api/v1/train/{key}", List.of("get"),
            "/api/v1/train/{key}/cancel", List.of("post"),
            "/api/v1/train/{key}/events", List.of("get"),
            "/api/v1/predict", List.of("post"),
            "/api/v1/models", List.of("get"),
            "/api/v1/models/{name}/versions/{version}", List.of("get"),
            "/api/v1/models/{name}/versions/{version}/model.onnx", List.of("get"));

    @Inject
    @Identifier("default-kafka-broker")
    Map<String, Object> kafka;

    @ConfigProperty(name = "trainyard.artifacts.dir")
    Path artifacts;

    @Test
    void theOriginalPathsAndMethodsExist() {
        Map<String, Map<String, Object>> paths =
                given().accept("application/json").get("/q/openapi").jsonPath().getMap("paths");
        PATHS.forEach((path, methods) ->
                assertThat(paths.get(path)).as(path).isNotNull().containsKeys(methods.toArray(String[]::new)));
    }

    @Test
    void theOriginalWorkflowOfSubmitPollAndPredictWorks() throws Exception {
        await().atMost(Duration.ofSeconds(20))
                .until(() -> get("/q/health/ready").statusCode() == 200);
        try (FakeWorkers workers = new FakeWorkers(kafka, artifacts)) {
            Response accepted =
                    given().contentType("application/json").body(SEED).post("/api/v1/train");
            assertThat(accepted.statusCode()).isEqualTo(202);
            assertThat(accepted.jsonPath().getMap("$")).containsOnlyKeys("key", "message", "status_url");
            String key = accepted.jsonPath().getString("key");
            assertThat(key).matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

            await().atMost(Duration.ofSeconds(30))
                    .until(() -> job(key).getString("status").equals("success"));
            JsonPath done = job(key);
            assertThat(done.getMap("$").keySet())
                    .contains(
                            "key",
                            "status",
                            "current_epoch",
                            "epochs",
                            "current_loss",
                            "progress",
                            "eta_seconds",
                            "samples_per_second",
                            "history",
                            "message",
                            "model",
                            "attempt",
                            "worker",
                            "created_at",
                            "started_at",
                            "ended_at",
                            "updated_at",
                            "transitions",
                            "error",
                            "config",
                            "last_event_id",
                            "verification");
            assertThat(done.getString("message.status")).isEqualTo("success");
            for (String split : List.of("train", "test")) {
                assertThat(done.getMap("message." + split)).containsOnlyKeys("loss", "accuracy");
            }
            assertThat(done.getMap("history[0]").keySet()).contains("epoch", "train", "validation", "seconds");
            assertThat(done.getMap("transitions[0]").keySet())
                    .contains("from", "to", "attempt", "reason", "detail", "worker", "at");
            assertThat(done.getMap("config").keySet())
                    .contains(
                            "dataset",
                            "dataset_args",
                            "model",
                            "network",
                            "network_args",
                            "train_args",
                            "save_weights");

            JsonPath digit = given().contentType("image/png")
                    .body(Files.readAllBytes(Path.of("../example/8.png")))
                    .post("/api/v1/predict")
                    .then()
                    .statusCode(200)
                    .extract()
                    .jsonPath();
            assertThat(digit.getMap("$").keySet()).contains("prediction", "probability", "probabilities", "model");
            assertThat(digit.getInt("prediction")).isEqualTo(8);
            assertThat(digit.getList("probabilities")).hasSize(10);
            assertThat(workers).isNotNull();
        }
    }

    @Test
    void theStateNamesAreUnchanged() {
        for (String status : List.of("queued", "training_in_progress", "paused", "success", "failed", "cancelled")) {
            get("/api/v1/train?status=" + status).then().statusCode(200);
        }
        assertThat(get("/api/v1/train?limit=1").jsonPath().getMap("$")).containsOnlyKeys("jobs", "next_cursor");
    }

    private static JsonPath job(String key) {
        return get("/api/v1/train/" + key).then().statusCode(200).extract().jsonPath();
    }
}
