package dev.trainyard.gateway;

import static io.restassured.RestAssured.get;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.trainyard.standalone.postgres.PgBouncer;
import dev.trainyard.standalone.testing.PgBouncerResource;
import dev.trainyard.standalone.testing.PlatformResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Inject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** A gateway behind PgBouncer in session mode, where it is installed: migrations, notifications, a training. */
@QuarkusTest
@Tag("full")
@EnabledIf("isInstalled")
@QuarkusTestResource(value = PlatformResource.class, restrictToAnnotatedClass = true)
@QuarkusTestResource(value = PgBouncerResource.class, restrictToAnnotatedClass = true)
class PgBouncerTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @Inject
    Jdbi jdbi;

    @Inject
    @Identifier("default-kafka-broker")
    Map<String, Object> kafka;

    @ConfigProperty(name = "trainyard.artifacts.dir")
    Path artifacts;

    static boolean isInstalled() {
        return PgBouncer.program().isPresent();
    }

    @Test
    void aTrainingPassesAndTheGatewayListens() throws Exception {
        await().atMost(LIMIT).until(() -> get("/q/health/ready").statusCode() == 200);
        try (FakeTrainer trainer = new FakeTrainer(kafka, artifacts)) {
            for (int job = 0; job < 8; job++) { // so that statements are prepared at the server
                String key = given().contentType("application/json")
                        .body("""
                                {"dataset":"MnistDataset","model":"DigitModel","network":"mlp",
                                 "train_args":{"batch_size":32,"epochs":1},"promote":"never"}""")
                        .post("/api/v1/train")
                        .then()
                        .statusCode(202)
                        .extract()
                        .path("key");
                trainer.take(key, 1).claim().epoch(1, 0.5).succeed(0.9);
                await().atMost(LIMIT).until(() -> "success"
                        .equals(get("/api/v1/train/" + key).path("status")));
            }
        }
        assertThat(jdbi.<Integer, RuntimeException>withHandle(handle -> handle.createQuery(
                                "select count(*) from pg_stat_activity where query ilike 'listen %' or query = 'select 1'")
                        .mapTo(Integer.class)
                        .one()))
                .as("connections that listen")
                .isPositive();
    }
}
