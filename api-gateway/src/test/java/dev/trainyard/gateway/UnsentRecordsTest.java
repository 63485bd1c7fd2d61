package dev.trainyard.gateway;

import static io.restassured.RestAssured.delete;
import static io.restassured.RestAssured.get;
import static io.restassured.RestAssured.post;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.notNullValue;

import dev.trainyard.standalone.testing.PlatformResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import io.restassured.path.json.JsonPath;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An operator lists records that Kafka refuses, retries or drops them through the API. */
@Tag("full")
@QuarkusTest
@QuarkusTestResource(PlatformResource.class)
@TestProfile(OperatorProfile.class)
class UnsentRecordsTest {
    private static final String CONFIG = """
            {"dataset":"MnistDataset","model":"DigitModel","network":"mlp",
             "train_args":{"batch_size":32,"epochs":2},"promote":"never"}""";

    @Inject
    Jdbi jdbi;

    @Test
    void aRecordThatKafkaRefusesIsListedAndDropped() {
        long before = get("/api/v1/system").jsonPath().getLong("unsent.quarantined");
        String key = UUID.randomUUID().toString();
        jdbi.useHandle(handle -> handle.execute(
                "insert into outbox (topic, record_key, value) values ('not a topic', ?, '\\x01'::bytea)", key));
        long id = idOf(key);
        get("/api/v1/unsent-records")
                .then()
                .statusCode(200)
                .body(find(key) + ".topic", equalTo("not a topic"))
                .body(find(key) + ".reason", containsString("InvalidTopicException"))
                .body(find(key) + ".tries", equalTo(2))
                .body(find(key) + ".size", equalTo(1))
                .body(find(key) + ".quarantined_at", notNullValue());
        await().atMost(Duration.ofSeconds(20))
                .until(() -> get("/api/v1/system").jsonPath().getLong("unsent.quarantined") > before);
        get("/api/v1/system").then().body("stopped.size()", equalTo(0));
        RestAssured.given()
                .get("/q/metrics")
                .then()
                .body(containsString("trainyard_outbox_quarantined"))
                .body(containsString("trainyard_outbox_refused_total{topic=\"not a topic\""));

        post("/api/v1/unsent-records/{id}/retry", id).then().statusCode(204);
        assertThat(idOf(key)).as("refused again").isEqualTo(id);
        delete("/api/v1/unsent-records/{id}", id).then().statusCode(204);
        delete("/api/v1/unsent-records/{id}", id)
                .then()
                .statusCode(404)
                .body("detail", containsString("GET /api/v1/unsent-records"));
    }

    @Test
    void resendingTheRecordOfAFailedJobRetriesTheJob() {
        String key = RestAssured.given()
                .contentType("application/json")
                .body(CONFIG)
                .post("/api/v1/train")
                .jsonPath()
                .getString("key");
        post("/api/v1/train/{key}/cancel", key).then().statusCode(200);
        jdbi.useHandle(handle -> {
            handle.execute(
                    "update job set status = 'failed', failure_code = 'dispatch_refused' where key = ?",
                    UUID.fromString(key));
            handle.execute(
                    "insert into outbox (topic, record_key, value, tries, refusal, quarantined_at) "
                            + "values ('train.jobs', ?, '\\x01'::bytea, 2, 'too large', now())",
                    key);
        });
        long id = idOf(key);
        post("/api/v1/unsent-records/{id}/retry", id).then().statusCode(204);
        get("/api/v1/train/{key}", key).then().body("status", equalTo("queued")).body("attempt", equalTo(2));
        assertThat(get("/api/v1/unsent-records").jsonPath().getList("unsent_records.key"))
                .doesNotContain(key);

        jdbi.useHandle(handle -> handle.execute(
                "insert into outbox (topic, record_key, value, tries, refusal, quarantined_at) "
                        + "values ('train.jobs', ?, '\\x01'::bytea, 2, 'too large', now())",
                key));
        long late = idOf(key);
        post("/api/v1/unsent-records/{id}/retry", late)
                .then()
                .statusCode(409)
                .body("detail", containsString("DELETE /api/v1/unsent-records/" + late));
        delete("/api/v1/unsent-records/{id}", late).then().statusCode(204);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "x", "99999999999999999999", "9223372036854775807"})
    void anUnknownRecordIsNotFound(String id) {
        post("/api/v1/unsent-records/{id}/retry", id).then().statusCode(404);
        delete("/api/v1/unsent-records/{id}", id).then().statusCode(404);
        get("/api/v1/unsent-records?limit=0").then().statusCode(422);
    }

    private static long idOf(String key) {
        return await().atMost(Duration.ofSeconds(60))
                .until(
                        () -> {
                            JsonPath listed = get("/api/v1/unsent-records").jsonPath();
                            Object id = listed.get(find(key) + "?.id");
                            return id == null ? 0 : ((Number) id).longValue();
                        },
                        id -> id > 0);
    }

    private static String find(String key) {
        return "unsent_records.find { it.key == '%s' }".formatted(key);
    }
}
