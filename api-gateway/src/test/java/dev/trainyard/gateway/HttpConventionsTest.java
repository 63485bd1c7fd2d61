package dev.trainyard.gateway;

import static io.restassured.RestAssured.get;
import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.post;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.anyOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import dev.trainyard.standalone.testing.PlatformResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Conventions of all responses: problem details with an id, entity tags, compression, and no access for other origins.
 */
@QuarkusTest
@QuarkusTestResource(PlatformResource.class)
class HttpConventionsTest {
    private static final String PROBLEM = "application/problem+json";
    private static final String VALID = """
            {"dataset":"MnistDataset","model":"DigitModel","network":"mlp","train_args":{"batch_size":32,"epochs":2}}""";

    @TestHTTPResource("/")
    URI server;

    @ParameterizedTest
    @CsvSource({
        "GET, /nothing, 404",
        "POST, /nothing, 404",
        "GET, /api, 404",
        "GET, /api/v1/train/x/y/z, 404",
        "GET, /api/v9/train, 404",
        "GET, /q/nothing, 404",
        "DELETE, /api/v1/train, 405",
        "PATCH, /api/v1/system, 405",
        "GET, /api/v1/predict, 405",
        "PUT, /api/v1/train/00000000-0000-0000-0000-000000000000/cancel, 405"
    })
    void unsupportedRequestsAreProblemsWithAnId(String method, String path, int status) {
        given().header("X-Request-Id", "my-id")
                .request(method, path)
                .then()
                .statusCode(status)
                .contentType(PROBLEM)
                .header("X-Request-Id", "my-id")
                .body("request_id", equalTo("my-id"))
                .body("status", equalTo(status))
                .body("instance", equalTo(path))
                .body("detail", notNullValue())
                .body("type", containsString("/problems/"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "<script>", "a\"b", "x,y", "é"})
    void anInvalidRequestIdIsReplaced(String sent) {
        for (String path : new String[] {"/nothing", "/api/v1/train/x/y/z", "/api/v1/train?limit=1"}) {
            Response answer = given().header("X-Request-Id", sent).get(path);
            assertThat(answer.header("X-Request-Id")).matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
        }
        assertThat(given().header("X-Request-Id", "a".repeat(65))
                        .get("/api/v1/train?limit=1")
                        .header("X-Request-Id"))
                .hasSize(36);
    }

    @Test
    void aMethodNotAllowedResponseListsTheAllowedMethods() {
        given().delete("/api/v1/train").then().header("Allow", containsString("POST"));
    }

    @Test
    void anUnsupportedAcceptHeaderIsAProblem() {
        given().accept("text/csv")
                .get("/api/v1/train")
                .then()
                .statusCode(406)
                .contentType(PROBLEM)
                .body("request_id", notNullValue());
        given().contentType("text/csv")
                .body("a,b")
                .post("/api/v1/train")
                .then()
                .statusCode(415)
                .contentType(PROBLEM)
                .body("request_id", notNullValue());
    }

    @Test
    void anUnchangedJobIsNotModified() {
        String key = submit();
        String tag = await().until(() -> unchanged("/api/v1/train/" + key, "?wait=1"), Objects::nonNull);
        post("/api/v1/train/{key}/cancel", key).then().statusCode(200);
        given().header("If-None-Match", tag)
                .get("/api/v1/train/" + key)
                .then()
                .statusCode(200)
                .header("ETag", not(equalTo(tag)))
                .body("status", equalTo("cancelled"));
        given().header("If-None-Match", tag)
                .get("/api/v1/train/00000000-0000-0000-0000-000000000000")
                .then()
                .statusCode(404);
    }

    /** Returns the entity tag; null if it changed during the requests, because the queue moved. */
    private static @Nullable String unchanged(String path, String alsoUnchanged) {
        String tag = get(path).header("ETag");
        assertThat(tag).startsWith("W/\"");
        Response second = given().header("If-None-Match", "\"other\", " + tag).get(path);
        Response third = given().header("If-None-Match", tag).get(path + alsoUnchanged);
        if (second.statusCode() != 304 || third.statusCode() != 304) {
            return null;
        }
        assertThat(second.header("ETag")).isEqualTo(tag);
        assertThat(second.asString()).isEmpty();
        return tag;
    }

    @Test
    void anUnchangedListIsNotModified() {
        submit();
        submit(); // of one job alone both pages would be the same
        String tag = await().until(() -> unchanged("/api/v1/train?limit=2", ""), Objects::nonNull);
        given().header("If-None-Match", tag).get("/api/v1/train?limit=1").then().statusCode(200);
        String key = submit();
        given().header("If-None-Match", tag)
                .get("/api/v1/train?limit=2")
                .then()
                .statusCode(200)
                .body("jobs[0].key", equalTo(key));
    }

    @Test
    void otherOriginsGetNoCorsHeaders() {
        given().header("Origin", "https://example.org")
                .get("/api/v1/train")
                .then()
                .header("Access-Control-Allow-Origin", nullValue());
        given().header("Origin", "https://example.org")
                .header("Access-Control-Request-Method", "POST")
                .options("/api/v1/train")
                .then()
                .header("Access-Control-Allow-Origin", nullValue());
    }

    @Test
    void changesFromOtherOriginsAreRejected() {
        String key = submit();
        String cancel = "/api/v1/train/" + key + "/cancel";
        given().header("Origin", "https://example.org")
                .header("Sec-Fetch-Site", "cross-site")
                .post(cancel)
                .then()
                .statusCode(403)
                .contentType(PROBLEM)
                .body("detail", containsString("https://example.org"))
                .body("request_id", notNullValue());
        given().header("Origin", "http://example.org").post(cancel).then().statusCode(403);
        assertThat(get("/api/v1/train/" + key).jsonPath().getString("status")).isEqualTo("queued");
        String own = server.toString().replaceAll("/$", "");
        given().header("Origin", own).post(cancel).then().statusCode(200);
        given().header("Origin", own)
                .header("Sec-Fetch-Site", "same-origin")
                .post(cancel)
                .then()
                .statusCode(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://127.0.0.1",
                "https://127.0.0.1:%d.example.org",
                "http://example.org:%d",
                "null",
                "",
                "127.0.0.1:%d",
                "http://127.0.0.1:%d:80",
                "http://[::1]:%d",
                "file://",
                "http://user@example.org:%d"
            })
    void similarOriginsAreOtherOrigins(String origin) {
        given().header("Origin", origin.replace("%d", String.valueOf(server.getPort())))
                .header("Host", "127.0.0.1:" + server.getPort())
                .post("/api/v1/train/" + submit() + "/cancel")
                .then()
                .statusCode(403)
                .body("detail", containsString("X-Forwarded-Host"));
    }

    @Test
    void theOwnOriginIsRecognisedInEveryNotation() {
        String key = submit();
        Map.of(
                        "http://LocalHost:8080", "localhost:8080",
                        "http://localhost", "localhost:80",
                        "https://localhost:443", "localhost",
                        "https://127.0.0.1", "127.0.0.1:443",
                        "http://[::1]:9000", "[::1]:9000")
                .forEach((origin, host) -> given().header("Origin", origin)
                        .header("Host", host)
                        .post("/api/v1/train/" + key + "/cancel")
                        .then()
                        .statusCode(200));
    }

    @Test
    void forwardedHeadersAreIgnoredUnlessConfigured() {
        given().header("Origin", "http://example.org")
                .header("X-Forwarded-Host", "example.org")
                .header("Forwarded", "host=example.org")
                .post("/api/v1/train/" + submit() + "/cancel")
                .then()
                .statusCode(403);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "example.org",
                "example.org:8080",
                "localhost.example.org",
                "notlocalhost",
                "127.0.0.1.example.org",
                "127.0.0.1x",
                "a b",
                "::1",
                "localhost:x"
            })
    void aStrangersNameForThisMachineIsRefused(String host) {
        for (String path : List.of("/api/v1/train", "/api/v1/system", "/v2/models/DigitModel")) {
            given().header("Host", host).get(path).then().statusCode(anyOf(equalTo(403), equalTo(400)));
        }
        given().header("Host", host)
                .header("Origin", "http://" + host)
                .header("Sec-Fetch-Site", "same-origin")
                .contentType("application/json")
                .body(VALID)
                .post("/api/v1/train")
                .then()
                .statusCode(anyOf(equalTo(403), equalTo(400)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "LOCALHOST:8080",
                "trainyard.localhost:8080",
                "127.0.0.1",
                "127.1.2.3:1",
                "[::1]:8080"
            })
    void namesOfThisMachineAreAnswered(String host) {
        given().header("Host", host).get("/api/v1/train").then().statusCode(200);
    }

    @Test
    void anUnknownHostNameGetsAnExplanation() {
        given().header("Host", "rebound.example.org:8080")
                .get("/api/v1/train")
                .then()
                .statusCode(403)
                .contentType(PROBLEM)
                .body("detail", containsString("\"rebound.example.org\""))
                .body("detail", containsString("TRAINYARD_HOSTS"))
                .body("request_id", notNullValue());
    }

    @Test
    void responsesAreCompressedIfTheClientAcceptsIt() throws Exception {
        submit();
        assertThat(unzipped("api/v1/train")).contains("\"jobs\"");
        assertThat(unzipped("q/openapi?format=json")).contains("\"openapi\"");
    }

    @Test
    void aDryRunDescribesTheJobAndStoresNothing() {
        String before = get("/api/v1/train?limit=1").jsonPath().getString("jobs[0].key");
        JsonPath plan = given().contentType("application/json")
                .body(VALID)
                .post("/api/v1/train?dry_run=true")
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();
        assertThat(get("/api/v1/train?limit=1").jsonPath().getString("jobs[0].key"))
                .isEqualTo(before);
        assertThat(plan.getInt("network.parameters")).isEqualTo(784 * 128 + 2 * 128 * 128 + 1280 + 3 * 128 + 10);
        assertThat(plan.getInt("config.train_args.seed")).isEqualTo(42);
        assertThat(plan.getLong("memory.peak_bytes")).isBetween(100_000_000L, 8_000_000_000L);
        assertThat(plan.getDouble("estimate.seconds.low")).isPositive();
        assertThat(plan.getDouble("estimate.seconds.high")).isGreaterThan(plan.getDouble("estimate.seconds.mid"));
        assertThat(plan.getInt("estimate.queue_position")).isPositive();
        given().contentType("application/json")
                .body(VALID.replace("32", "0"))
                .post("/api/v1/train?dry_run=true")
                .then()
                .statusCode(422)
                .body("errors[0].pointer", equalTo("/train_args/batch_size"));
        given().contentType("application/json")
                .body(VALID)
                .post("/api/v1/train?dry_run=perhaps")
                .then()
                .statusCode(422)
                .body("errors[0].pointer", equalTo("?dry_run"));
    }

    private String unzipped(String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(server.resolve(path))
                .header("Accept-Encoding", "gzip")
                .build();
        HttpResponse<byte[]> answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofByteArray());
        assertThat(answer.headers().firstValue("Content-Encoding")).contains("gzip");
        try (InputStream text = new GZIPInputStream(new ByteArrayInputStream(answer.body()))) {
            return new String(text.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String submit() {
        return given().contentType("application/json")
                .body(VALID)
                .post("/api/v1/train")
                .then()
                .statusCode(202)
                .extract()
                .path("key");
    }
}
