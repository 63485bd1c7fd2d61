package dev.trainyard.gateway;

import static io.restassured.RestAssured.get;
import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.post;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.notNullValue;

import dev.trainyard.gateway.runtime.Migrations;
import dev.trainyard.message.TrainEvent;
import dev.trainyard.standalone.testing.PlatformResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Inject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.flywaydb.core.Flyway;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A gateway of this release works on the tables of the next one during a rolling upgrade. */
@Tag("full")
@QuarkusTest
@QuarkusTestResource(value = NextReleaseSchemaTest.NextSchema.class, restrictToAnnotatedClass = true)
class NextReleaseSchemaTest {
    /** A platform whose database a gateway of the next release has migrated. */
    public static final class NextSchema implements QuarkusTestResourceLifecycleManager {
        private final PlatformResource platform = new PlatformResource();

        @Override
        public Map<String, String> start() {
            Map<String, String> config = platform.start();
            Migrations.configure(Flyway.configure())
                    .dataSource(
                            config.get("quarkus.datasource.jdbc.url"),
                            config.get("quarkus.datasource.username"),
                            config.get("quarkus.datasource.password"))
                    .locations("classpath:db/migration", "classpath:db/next")
                    .load()
                    .migrate();
            return config;
        }

        @Override
        public void stop() {
            platform.stop();
        }
    }

    private static final String CONFIG = """
            {"dataset":"MnistDataset","model":"DigitModel","network":"mlp",
             "train_args":{"batch_size":32,"epochs":2},"promote":"%s"}""";

    @Inject
    @Identifier("default-kafka-broker")
    Map<String, Object> kafka;

    @Inject
    Jdbi jdbi;

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
    void aModelIsTrainedPublishedPromotedAndRolledBack() throws Exception {
        String key = submit("always");
        FakeTrainer.Run run = trainer.take(key, 1).claim();
        run.report(new TrainEvent.Progress(1, 0.75, 0.25, 3000, 12)).report(new TrainEvent.Heartbeat());
        run.epoch(1, 0.5).epoch(2, 0.25).succeed(0.5);
        eventually(key, "success");
        int version = get("/api/v1/train/" + key).jsonPath().getInt("model.version");
        get("/api/v1/models/DigitModel/versions/" + version).then().body("active", equalTo(true));
        post("/api/v1/models/DigitModel/rollback").then().statusCode(200);
        post("/api/v1/models/DigitModel/versions/{version}/promote", version)
                .then()
                .statusCode(200);
        given().contentType("application/json")
                .body("{\"version\":%d}".formatted(version))
                .put("/api/v1/models/DigitModel/aliases/best")
                .then()
                .statusCode(200);
        get("/api/v1/train/{key}/events", key).then().statusCode(200);
    }

    @Test
    void aJobIsPausedResumedCancelledListedAndVerified() throws Exception {
        String key = submit("never");
        post("/api/v1/train/{key}/pause", key).then().statusCode(200);
        post("/api/v1/train/{key}/resume", key).then().statusCode(200).body("queue_position", notNullValue());
        trainer.take(key, 2);
        post("/api/v1/train/{key}/cancel", key).then().statusCode(200);
        get("/api/v1/train?limit=500").then().statusCode(200).body("jobs.key", hasItem(key));
        for (String path : new String[] {
            "/api/v1/system", "/api/v1/dead-letters", "/api/v1/unsent-records", "/api/v1/models", "/q/health/ready"
        }) {
            get(path).then().statusCode(200);
        }
    }

    @Test
    void aJobWithAFailureCodeOfTheNextReleaseCanBeRetried() throws Exception {
        String key = submit("never");
        trainer.take(key, 1).claim();
        eventually(key, "training_in_progress");
        jdbi.useHandle(handle -> handle.execute(
                "update job set status = 'failed', token = null, ended_at = now(), failure_code = 'gpu_on_fire', "
                        + "failure_message = 'hot' where key = ?",
                UUID.fromString(key)));
        get("/api/v1/train/{key}", key).then().statusCode(200).body("error.code", equalTo("gpu_on_fire"));
        post("/api/v1/train/{key}/retry", key).then().statusCode(200).body("status", equalTo("queued"));
        trainer.take(key, 2);
    }

    private static void eventually(String key, String status) {
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(
                        get("/api/v1/train/" + key).jsonPath().getString("status"))
                .isEqualTo(status));
    }

    private static String submit(String promote) {
        Response accepted = given().contentType("application/json")
                .body(CONFIG.formatted(promote))
                .post("/api/v1/train");
        assertThat(accepted.statusCode()).as(accepted.asString()).isEqualTo(202);
        return accepted.jsonPath().getString("key");
    }
}
