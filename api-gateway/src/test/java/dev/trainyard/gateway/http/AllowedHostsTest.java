package dev.trainyard.gateway.http;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.notNullValue;

import dev.trainyard.standalone.testing.PlatformResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.net.InetAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A gateway that listens on the network answers only to its own addresses and names. */
@Tag("full")
@QuarkusTest
@QuarkusTestResource(PlatformResource.class)
@TestProfile(AllowedHostsTest.ForAllMachines.class)
class AllowedHostsTest {
    private static final List<String> PATHS = List.of(
            "/",
            "/jobs",
            "/app/main.js",
            "/samples/8.png",
            "/nothing",
            "/api/v1/train",
            "/api/v1/system",
            "/v2/models/DigitModel",
            "/q/health/live",
            "/q/metrics",
            "/q/openapi",
            "/q/swagger-ui/",
            "/_static/lit/index.js");

    /** Behaves as in a container. */
    public static class ForAllMachines implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "quarkus.http.host",
                    "0.0.0.0",
                    "trainyard.hosts",
                    "Digits.example.org,gateway",
                    "trainyard.auth.mode",
                    "tokens");
        }
    }

    @TestHTTPResource("/")
    URI server;

    @Test
    void addressesAndOwnNamesAreAccepted() throws Exception {
        InetAddress own = InetAddress.getLocalHost();
        for (String host : List.of(
                "localhost",
                "127.0.0.1:8080",
                "10.42.0.17:8080",
                "[fd00::17]:8080",
                own.getHostName(),
                own.getHostName().toUpperCase(Locale.ROOT) + ":8080",
                "digits.example.org",
                "DIGITS.example.org:80",
                "digits.example.org.",
                "gateway:8080")) {
            for (String path : List.of("/", "/q/health/live", "/v2/health/live")) {
                assertThat(RawHttp.ask(server, get(path, host)).status())
                        .as(host + path)
                        .isEqualTo(200);
            }
            assertThat(RawHttp.ask(server, get("/api/v1/train?limit=1", host)).status())
                    .as(host)
                    .isEqualTo(401);
        }
    }

    @Test
    void otherNamesAreRejectedOnEveryPath() throws Exception {
        for (String host : List.of(
                "evil.example.org",
                "evil.example.org:8080",
                "digits.example.org.evil.example",
                "127.0.0.1.evil.example",
                "localhost.evil.example",
                "gateway.evil.example",
                "notlocalhost")) {
            for (String path : PATHS) {
                RawHttp.Response answer = RawHttp.ask(server, get(path, host));
                assertThat(answer.status()).as(host + path).isEqualTo(403);
                assertThat(answer.header("X-Content-Type-Options"))
                        .as(host + path)
                        .isEqualTo("nosniff");
            }
        }
    }

    @Test
    void theErrorNamesTheSetting() {
        given().header("Host", "rebound.example.org:8080")
                .get("/q/metrics")
                .then()
                .statusCode(403)
                .contentType("application/problem+json")
                .body("type", equalTo("/problems/forbidden"))
                .body("detail", containsString("\"rebound.example.org\""))
                .body("detail", containsString("TRAINYARD_HOSTS=rebound.example.org"))
                .body("request_id", notNullValue());
    }

    /** Requests to proxies have absolute targets; the host in the target takes precedence over the Host header. */
    @Test
    void theHostOfAnAbsoluteTargetIsChecked() throws Exception {
        String host = " HTTP/1.1\r\nHost: localhost\r\n\r\n";
        assertThat(RawHttp.ask(server, "GET http://evil.example.org/api/v1/train" + host)
                        .status())
                .isEqualTo(403);
        assertThat(RawHttp.ask(server, "GET http://digits.example.org/v2/health/live" + host)
                        .status())
                .isEqualTo(200);
    }

    @Test
    void aHealthCheckWithoutHostIsAccepted() throws Exception {
        assertThat(RawHttp.ask(server, "GET /q/health/live HTTP/1.0\r\n\r\n").status())
                .isEqualTo(200);
    }

    @Test
    void pagesOfOtherOriginsCannotMakeChanges() {
        for (String path : PATHS) {
            given().header("Origin", "http://evil.example.org")
                    .post(path)
                    .then()
                    .statusCode(403)
                    .body(containsString("evil.example.org"));
        }
    }

    private static String get(String path, String host) {
        return "GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n";
    }
}
