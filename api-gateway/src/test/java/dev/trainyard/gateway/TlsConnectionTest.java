package dev.trainyard.gateway;

import static io.restassured.RestAssured.get;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.trainyard.message.PredictReply;
import dev.trainyard.standalone.testing.PlatformResource;
import dev.trainyard.standalone.testing.TlsBrokerResource;
import dev.trainyard.standalone.testing.TlsPostgresResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A gateway on a broker with TLS, passwords and access rules, and on a database with TLS: a training, a prediction and
 * what it reads itself.
 */
@QuarkusTest
@Tag("full")
@QuarkusTestResource(value = PlatformResource.class, restrictToAnnotatedClass = true)
@QuarkusTestResource(value = TlsPostgresResource.class, restrictToAnnotatedClass = true)
@QuarkusTestResource(
        value = TlsBrokerResource.class,
        initArgs = @ResourceArg(name = "user", value = "gateway"),
        restrictToAnnotatedClass = true)
class TlsConnectionTest {
    @Inject
    Config config;

    @Inject
    Jdbi jdbi;

    @ConfigProperty(name = "trainyard.artifacts.dir")
    Path artifacts;

    @Test
    void aTrainingAndAPredictionPassAndTheStateOfTheBrokerIsKnown() throws Exception {
        await().atMost(Duration.ofSeconds(60))
                .until(() -> get("/q/health/ready").statusCode() == 200);
        Map<String, Object> administrator = TlsBrokerResource.administrator(config);
        try (FakeTrainer trainer = new FakeTrainer(administrator, artifacts)) {
            String key = given().contentType("application/json")
                    .body("""
                            {"dataset":"MnistDataset","model":"DigitModel","network":"mlp",
                             "train_args":{"batch_size":32,"epochs":1}}""")
                    .post("/api/v1/train")
                    .then()
                    .statusCode(202)
                    .extract()
                    .path("key");
            trainer.take(key, 1).claim().epoch(1, 0.5).succeed(0.9);
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> "success".equals(get("/api/v1/train/" + key).path("status")));
        }
        try (FakePredictor predictor = new FakePredictor(
                administrator, request -> new PredictReply.Answered("DigitModel", 1, 8, new float[10], null))) {
            given().contentType("image/png")
                    .body(Files.readAllBytes(Path.of("../example/8.png")))
                    .post("/api/v1/predict")
                    .then()
                    .statusCode(200);
        }
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(
                        () -> assertThat(get("/api/v1/system").asString()).contains("\"train.jobs\""));
        get("/api/v1/dead-letters").then().statusCode(200);
        assertThat(connections("ssl")).as("of pools, notifications and locks").isGreaterThan(1);
        assertThat(connections("not ssl")).isZero();
    }

    /** Number of connections of this gateway to its database. */
    private int connections(String kind) {
        return jdbi.withHandle(handle -> handle.createQuery(
                        "select count(*) from pg_stat_ssl join pg_stat_activity using (pid) where usename = 'trainyard' and "
                                + kind)
                .mapTo(Integer.class)
                .one());
    }
}
