package dev.trainyard.gateway;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.nullValue;

import dev.trainyard.gateway.projects.ProjectDirectory;
import dev.trainyard.message.PredictHeaders;
import dev.trainyard.message.PredictReply;
import dev.trainyard.standalone.testing.PlatformResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.specification.RequestSpecification;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Inject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;

/** Models of the same name in two projects; the test simulates trainer and predictor. */
@QuarkusTest
@QuarkusTestResource(PlatformResource.class)
class ProjectModelsTest {
    private static final String CONFIG = """
            {"dataset":"MnistDataset","model":"DigitModel","network":"mlp",
             "train_args":{"batch_size":32,"epochs":1},"promote":"always"}""";
    private static final float[] EIGHT = {0, 0, 0, 0, 0, 0, 0, 0, 1, 0};

    @Inject
    @Identifier("default-kafka-broker")
    Map<String, Object> kafka;

    @Inject
    Jdbi jdbi;

    @Inject
    ProjectDirectory projects;

    @ConfigProperty(name = "trainyard.artifacts.dir")
    Path artifacts;

    private static RequestSpecification in(String project) {
        return given().header("Trainyard-Project", project);
    }

    private static int train(FakeTrainer trainer, String project) throws Exception {
        String key = in(project)
                .contentType("application/json")
                .body(CONFIG)
                .post("/api/v1/train")
                .then()
                .statusCode(202)
                .extract()
                .path("key");
        trainer.take(key, 1).claim().epoch(1, 0.5).succeed(0.5);
        await().atMost(Duration.ofSeconds(30))
                .until(() ->
                        in(project).get("/api/v1/train/" + key).path("status").equals("success"));
        return in(project)
                .get("/api/v1/train/" + key)
                .then()
                .body("model.name", equalTo("DigitModel"))
                .extract()
                .path("model.version");
    }

    @Test
    void eachProjectHasItsOwnModelOfAName() throws Exception {
        jdbi.useHandle(handle ->
                handle.execute("insert into project (name) values ('left'), ('right') on conflict (name) do nothing"));
        projects.refresh();
        try (FakeTrainer trainer = new FakeTrainer(kafka, artifacts)) {
            assertThat(train(trainer, "left")).isEqualTo(1);
            assertThat(train(trainer, "left")).isEqualTo(2);
            assertThat(train(trainer, "right")).isEqualTo(1);
        }

        in("left")
                .get("/api/v1/models?order=newest&limit=1")
                .then()
                .body("models.name", equalTo(java.util.List.of("DigitModel")))
                .body("models[0].version", equalTo(2));
        String cursor = in("left").get("/api/v1/models?order=newest&limit=1").path("next_cursor");
        in("left")
                .get("/api/v1/models?order=newest&limit=9&cursor=" + cursor)
                .then()
                .body("models.version", equalTo(java.util.List.of(1)));
        in("right").get("/api/v1/models").then().body("models.version", everyItem(equalTo(1)));
        in("right").get("/api/v1/models/DigitModel/versions/2").then().statusCode(404);
        assertThat(in("right")
                        .get("/api/v1/models/DigitModel/versions/1/model.onnx")
                        .asByteArray())
                .containsExactly(1, 2, 3);
        given().get("/api/v1/models").then().body("models.name", hasItem("DigitModel"));

        in("left").delete("/api/v1/models/DigitModel/versions/1").then().statusCode(204);
        in("right").get("/api/v1/models/DigitModel/versions/1").then().body("deleted_at", nullValue());
        in("left").delete("/api/v1/models/DigitModel").then().statusCode(204);
        in("right").get("/api/v1/models/DigitModel").then().statusCode(200).body("production", equalTo(1));
        in("left").get("/api/v1/models/DigitModel").then().statusCode(410);
    }

    @Test
    void predictorsAreAskedForTheModelOfTheProject() throws Exception {
        jdbi.useHandle(
                handle -> handle.execute("insert into project (name) values ('asking') on conflict (name) do nothing"));
        projects.refresh();
        byte[] png = Files.readAllBytes(Path.of("../example/8.png"));
        try (FakeTrainer trainer = new FakeTrainer(kafka, artifacts)) {
            train(trainer, "asking");
        }
        try (FakePredictor predictor = new FakePredictor(
                kafka,
                request -> new PredictReply.Answered(
                        FakePredictor.header(request, PredictHeaders.MODEL), 1, 8, EIGHT, null))) {
            in("asking")
                    .contentType("image/png")
                    .body(png)
                    .post("/api/v1/predict")
                    .then()
                    .statusCode(200)
                    .body("model.name", equalTo("DigitModel"));
            assertThat(FakePredictor.header(predictor.last(), PredictHeaders.MODEL))
                    .isEqualTo("asking/DigitModel");
            given().contentType("image/png")
                    .body(png)
                    .post("/api/v1/predict")
                    .then()
                    .statusCode(200);
            assertThat(FakePredictor.header(predictor.last(), PredictHeaders.MODEL))
                    .isEqualTo("DigitModel");
            in("asking").get("/v2/models/DigitModel").then().statusCode(200).body("name", equalTo("DigitModel"));
        }
    }
}
