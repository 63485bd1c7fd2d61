package dev.trainyard.gateway.http;

import static io.restassured.RestAssured.get;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.trainyard.standalone.testing.PlatformResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Sends every method to every path of the OpenAPI document and to all other paths. */
@QuarkusTest
@QuarkusTestResource(PlatformResource.class)
class EveryPathTest {
    private static final List<String> METHODS =
            List.of("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE", "FOO");

    /** Paths of pages, files and the framework. */
    private static final List<String> READ_ONLY = List.of(
            "/",
            "/index.html",
            "/jobs",
            "/jobs/x",
            "/models/x",
            "/draw",
            "/app/main.js",
            "/app/style.css",
            "/app/icon.svg",
            "/samples/8.png",
            "/_static/lit/3.3.3/index.js",
            "/q/health",
            "/q/health/live",
            "/q/health/ready",
            "/q/metrics",
            "/q/openapi",
            "/q/openapi.json",
            "/q/swagger-ui",
            "/q/swagger-ui/",
            "/q/swagger-ui/index.html",
            "/q/swagger-ui/swagger-ui.css");

    private static final List<String> NOTHING = List.of(
            "/nothing", "/api", "/api/v9/train", "/api/v1/nothing", "/v2/nothing", "/q/nothing", "/app/nothing.js");

    @TestHTTPResource("/")
    URI server;

    private final List<String> resources = new ArrayList<>();

    @BeforeEach
    void readOpenApiDocument() throws Exception {
        await().atMost(Duration.ofSeconds(20))
                .until(() -> get("/q/health/ready").statusCode() == 200);
        JsonNode api = new ObjectMapper()
                .readTree(given().accept("application/json").get("/q/openapi").asString());
        api.path("paths")
                .fieldNames()
                .forEachRemaining(path -> resources.add(path.replaceAll("\\{[^}]*}", "00000000")));
        assertThat(resources).hasSizeGreaterThan(20);
    }

    private List<String> paths() {
        List<String> all = new ArrayList<>(resources);
        all.addAll(READ_ONLY);
        all.addAll(NOTHING);
        return all;
    }

    /** Does not read bodies of event streams, which may not end, or binary ones. */
    private RawHttp.Response ask(String method, String path) throws Exception {
        try (RawHttp connection = new RawHttp(server)) {
            connection.send(method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
            RawHttp.Response head = connection.answer(false);
            if (head.status() < 400 || method.equals("HEAD")) {
                return head;
            }
            return new RawHttp.Response(head.status(), head.headers(), connection.body(head.headers()));
        }
    }

    @Test
    void everyResponseHasSecurityHeadersAndEveryErrorIsAProblem() throws Exception {
        SoftAssertions all = new SoftAssertions();
        for (String path : paths()) {
            for (String method : METHODS) {
                String request = method + " " + path;
                RawHttp.Response answer = ask(method, path);
                ResponseAssertions.hasSecurityHeaders(all, request, answer);
                all.assertThat(answer.status()).as(request).isLessThan(500);
                if (answer.status() >= 400) {
                    ResponseAssertions.isProblem(all, request, answer);
                }
            }
        }
        all.assertAll();
    }

    @Test
    void optionsListsTheSupportedMethods() throws Exception {
        SoftAssertions all = new SoftAssertions();
        List<String> paths = new ArrayList<>(resources);
        paths.addAll(READ_ONLY);
        for (String path : paths) {
            RawHttp.Response options = ask("OPTIONS", path);
            all.assertThat(options.status()).as("OPTIONS " + path).isEqualTo(204);
            TreeSet<String> allowed = allowed(options);
            all.assertThat(allowed).as(path).contains("OPTIONS");
            all.assertThat(allowed.contains("HEAD")).as("HEAD " + path).isEqualTo(allowed.contains("GET"));
            for (String method : METHODS) {
                RawHttp.Response answer = ask(method, path);
                if (allowed.contains(method)) {
                    all.assertThat(answer.status()).as(method + " " + path).isNotEqualTo(405);
                } else {
                    all.assertThat(answer.status()).as(method + " " + path).isEqualTo(405);
                    all.assertThat(allowed(answer)).as(method + " " + path).isEqualTo(allowed);
                }
            }
        }
        all.assertAll();
    }

    /** Includes event streams. */
    @Test
    void theConnectionIsReusableAfterHead() throws Exception {
        String end = " HTTP/1.1\r\nHost: localhost\r\n\r\n";
        for (String path : paths()) {
            try (RawHttp connection = new RawHttp(server)) {
                connection.send("HEAD " + path + end + "HEAD /q/health/live" + end);
                connection.answer(false);
                assertThat(connection.answer(false).status()).as(path).isEqualTo(200);
            }
        }
    }

    @Test
    void optionsOfTheServerListsAllMethods() throws Exception {
        RawHttp.Response answer = ask("OPTIONS", "*");
        assertThat(answer.status()).isEqualTo(204);
        assertThat(allowed(answer)).contains("GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE");
    }

    @Test
    void unknownPathsSupportNoMethod() throws Exception {
        for (String path : NOTHING) {
            for (String method : METHODS) {
                assertThat(ask(method, path).status()).as(method + " " + path).isEqualTo(404);
            }
        }
    }

    @Test
    void browsersGetThePageForUnknownAddresses() throws Exception {
        for (String path : List.of("/nothing", "/jobs/a/b", "/q/nothing", "/api/v9/train", "/api/v1/train/x/y/z")) {
            RawHttp.Response answer = RawHttp.ask(
                    server,
                    "GET " + path
                            + " HTTP/1.1\r\nHost: localhost\r\nAccept: text/html,application/xhtml+xml,*/*\r\n\r\n");
            assertThat(answer.status()).as(path).isEqualTo(404);
            assertThat(answer.header("Content-Type")).as(path).startsWith("text/html");
            assertThat(answer.header("Cache-Control")).as(path).isEqualTo("no-store");
            assertThat(answer.header("X-Request-Id")).as(path).isNotBlank();
            assertThat(answer.header("Content-Security-Policy")).as(path).contains("'sha256-");
            assertThat(answer.body()).as(path).contains("<title>Trainyard</title>", "href=\"/jobs\"");
        }
    }

    private static TreeSet<String> allowed(RawHttp.Response answer) {
        String allow = answer.header("Allow");
        return allow == null ? new TreeSet<>() : new TreeSet<>(Arrays.asList(allow.split(", *")));
    }
}
