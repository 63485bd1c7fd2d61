package dev.trainyard.gateway;

import static io.restassured.RestAssured.get;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.trainyard.standalone.testing.FailoverPostgresResource;
import dev.trainyard.standalone.testing.PlatformResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Inject;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.config.ConfigProvider;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

/** The primary database is killed and its replica promoted: accepted jobs continue, and new ones are accepted. */
@QuarkusTest
@Tag("full")
@QuarkusTestResource(value = PlatformResource.class, restrictToAnnotatedClass = true)
@QuarkusTestResource(value = FailoverPostgresResource.class, restrictToAnnotatedClass = true)
class DatabaseFailoverTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @Inject
    @Identifier("default-kafka-broker")
    Map<String, Object> kafka;

    @ConfigProperty(name = "trainyard.artifacts.dir")
    Path artifacts;

    // not injected, because Quarkus would require them at the start of every other test too
    private final long primary = ConfigProvider.getConfig().getValue("test.primary.pid", Long.class);
    private final String replica = ConfigProvider.getConfig().getValue("test.replica.url", String.class);

    @ConfigProperty(name = "quarkus.datasource.username")
    String user;

    @ConfigProperty(name = "quarkus.datasource.password")
    String password;

    @Test
    void acceptedJobsContinueOnThePromotedReplica() throws Exception {
        await().atMost(LIMIT).until(() -> get("/q/health/ready").statusCode() == 200);
        String running = submit().then().statusCode(202).extract().path("key");
        try (FakeTrainer trainer = new FakeTrainer(kafka, artifacts)) {
            FakeTrainer.Run run = trainer.take(running, 1).claim().epoch(1, 0.5);
            await().atMost(LIMIT).until(() -> epochs(running) == 1);
            String queued = submit().then().statusCode(202).extract().path("key");

            ProcessHandle server = ProcessHandle.of(primary).orElseThrow();
            server.destroyForcibly();
            server.onExit().join();
            assertThat(submit().statusCode()).as("without a database").isEqualTo(503);
            run.epoch(2, 0.4); // waits in Kafka
            promote();

            long promoted = System.nanoTime();
            await().atMost(LIMIT).until(() -> get("/api/v1/train/" + running).statusCode() == 200);
            System.out.printf(
                    "requests are answered %.1f s after the promotion%n", (System.nanoTime() - promoted) / 1e9);
            String accepted = await().atMost(LIMIT)
                    .until(DatabaseFailoverTest::submit, answer -> answer.statusCode() == 202)
                    .path("key");
            run.epoch(3, 0.3).succeed(0.9);
            await().atMost(LIMIT).until(() -> status(running).equals("success"));
            assertThat(epochs(running)).isEqualTo(3);
            for (String key : List.of(queued, accepted)) {
                trainer.take(key, 1)
                        .claim()
                        .epoch(1, 0.5)
                        .epoch(2, 0.4)
                        .epoch(3, 0.3)
                        .succeed(0.9);
                await().atMost(LIMIT).until(() -> status(key).equals("success"));
            }
        }
        await("notifications and all pooled connections")
                .atMost(LIMIT)
                .until(() -> get("/q/health/ready").statusCode() == 200);
    }

    private void promote() throws SQLException {
        PGSimpleDataSource server = new PGSimpleDataSource();
        server.setUrl(replica);
        try (Connection connection = server.getConnection(user, password);
                Statement statement = connection.createStatement()) {
            statement.execute("select pg_promote()");
        }
    }

    private static Response submit() {
        return given().contentType("application/json").body("""
                        {"dataset":"MnistDataset","model":"DigitModel","network":"mlp",
                         "train_args":{"batch_size":32,"epochs":3},"promote":"never"}""").post("/api/v1/train");
    }

    private static int epochs(String key) {
        return get("/api/v1/train/" + key).jsonPath().getList("history").size();
    }

    private static String status(String key) {
        return get("/api/v1/train/" + key).path("status");
    }
}
