package dev.trainyard.gateway;

import static io.restassured.RestAssured.get;
import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.post;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trainyard.standalone.testing.PlatformResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Requests beyond the limits are refused with a time to retry. */
@Tag("full")
@QuarkusTest
@QuarkusTestResource(PlatformResource.class)
@TestProfile(OverloadTest.Small.class)
class OverloadTest {
    public static class Small implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("trainyard.queue.limit", "3", "trainyard.rate.submits-per-second", "5");
        }
    }

    @Test
    void aFullQueueAndAnExcessiveClientAreAnsweredWith429() {
        // jobs of other tests on the same database
        get("/api/v1/train?status=queued&limit=500")
                .jsonPath()
                .getList("jobs.key")
                .forEach(key -> post("/api/v1/train/{key}/cancel", key));
        List<String> kept = new ArrayList<>();
        List<Response> turnedAway = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            // a client could forge the header, so it does not make another client
            Response answer = given().contentType("application/json")
                    .header("X-Forwarded-For", "192.0.2." + i)
                    .body("""
                            {"dataset":"MnistDataset","model":"DigitModel","network":"mlp",
                             "train_args":{"batch_size":32,"epochs":2}}""")
                    .post("/api/v1/train");
            if (answer.statusCode() == 202) {
                kept.add(answer.jsonPath().getString("key"));
            } else {
                turnedAway.add(answer);
            }
        }
        assertThat(kept).hasSize(3);
        assertThat(turnedAway).allSatisfy(answer -> {
            assertThat(answer.statusCode()).isEqualTo(429);
            assertThat(Integer.parseInt(answer.header("Retry-After"))).isPositive();
            assertThat(answer.contentType()).contains("application/problem+json");
        });
        List<String> details = turnedAway.stream()
                .map(answer -> answer.jsonPath().getString("detail"))
                .toList();
        assertThat(details).anyMatch(detail -> detail.contains("3 jobs are waiting"));
        assertThat(details).anyMatch(detail -> detail.contains("more than 5 jobs per second"));
        kept.forEach(key -> post("/api/v1/train/{key}/cancel", key).then().statusCode(200));
    }
}
