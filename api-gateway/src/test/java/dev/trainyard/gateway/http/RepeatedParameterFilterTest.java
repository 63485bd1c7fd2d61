package dev.trainyard.gateway.http;

import static io.restassured.RestAssured.get;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import dev.trainyard.standalone.testing.PlatformResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Repeated single-value parameters are rejected. */
@QuarkusTest
@QuarkusTestResource(PlatformResource.class)
class RepeatedParameterFilterTest {
    private static final Set<String> LISTS = Set.of("If-None-Match", "Prefer");

    @TestHTTPResource("/")
    URI server;

    @BeforeEach
    void waitForTheDatabase() {
        await().atMost(Duration.ofSeconds(20))
                .until(() -> get("/q/health/ready").statusCode() == 200);
    }

    @Test
    void everyParameterOfEveryOperationIsRejectedIfRepeated() throws Exception {
        SoftAssertions all = new SoftAssertions();
        int count = 0;
        for (ApiOperations.Operation operation : ApiOperations.operations()) {
            for (ApiOperations.Parameter parameter : operation.parameters()) {
                boolean query = parameter.in().equals("query");
                boolean header = parameter.in().equals("header") && !LISTS.contains(parameter.name());
                if (parameter.isList() || !query && !header) {
                    continue;
                }
                String pointer = (query ? "?" : "") + parameter.name();
                RawHttp.Response answer = twice(operation, parameter.name(), query);
                String what = operation + " with " + pointer + " twice: " + answer;
                boolean inference = operation.path().startsWith("/v2");
                all.assertThat(answer.status()).as(what).isEqualTo(inference ? 400 : 422);
                all.assertThat(answer.body()).as(what).contains(pointer).contains("send it once");
                count++;
            }
        }
        all.assertAll();
        assertThat(count).isGreaterThan(40);
    }

    private RawHttp.Response twice(ApiOperations.Operation operation, String name, boolean query) throws Exception {
        String type = operation.mediaTypes().isEmpty()
                ? ""
                : "Content-Type: "
                        + operation.mediaTypes().get(operation.mediaTypes().size() - 1) + "\r\n";
        String path = operation.path() + (query ? "?%s=1&%s=2".formatted(name, name) : "");
        String headers = query ? "" : "%s: 1\r\n%s: 2\r\n".formatted(name, name);
        return RawHttp.ask(
                server,
                operation.method() + " " + path + " HTTP/1.1\r\nHost: localhost\r\n" + type + headers
                        + (operation.method().equals("GET") ? "" : "Content-Length: 0\r\n") + "\r\n");
    }

    @Test
    void allRepeatedParametersAreReportedTogether() {
        get("/api/v1/train?status=queued&status=failed&limit=1&limit=1&cursor=a")
                .then()
                .statusCode(422)
                .body("errors.pointer", equalTo(List.of("?limit", "?status")));
    }

    @Test
    void unknownParametersMayBeRepeated() {
        get("/api/v1/train?limit=1&utm=1&utm=2").then().statusCode(200);
    }

    @Test
    void severalPreferHeadersAreAcceptedUnlessTheyConflict() throws Exception {
        given().header("Prefer", "respond-async")
                .header("Prefer", "wait=1")
                .get("/api/v1/predictions/00000000-0000-0000-0000-000000000000")
                .then()
                .statusCode(404);
        given().header("Prefer", "wait=1")
                .header("Prefer", "respond-async, wait=2")
                .get("/api/v1/predictions/00000000-0000-0000-0000-000000000000")
                .then()
                .statusCode(422)
                .body("errors[0].pointer", equalTo("Prefer"))
                .body("errors[0].detail", containsString("wait"));
    }
}
