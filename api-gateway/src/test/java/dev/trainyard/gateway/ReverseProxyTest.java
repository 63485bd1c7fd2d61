package dev.trainyard.gateway;

import static io.restassured.RestAssured.given;

import dev.trainyard.standalone.testing.PlatformResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.specification.RequestSpecification;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The web page's requests through a reverse proxy on the same machine with another host name and without TLS. */
@Tag("full")
@QuarkusTest
@QuarkusTestResource(PlatformResource.class)
@TestProfile(ReverseProxyTest.Proxied.class)
class ReverseProxyTest {
    private static final String NO_JOB = "/api/v1/train/00000000-0000-0000-0000-000000000000/cancel";

    /** The setting recommended in the documentation. */
    public static class Proxied implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "quarkus.http.proxy.proxy-address-forwarding", "true",
                    "quarkus.http.proxy.enable-forwarded-host", "true",
                    "trainyard.hosts", "digits.example.org,other.example.org");
        }
    }

    @Test
    void changesThroughAProxyThatRewritesHostAreAccepted() {
        proxied("digits.example.org")
                .header("Origin", "http://digits.example.org")
                .post(NO_JOB)
                .then()
                .statusCode(404);
        proxied("digits.example.org:8000")
                .header("Origin", "http://digits.example.org:8000")
                .post(NO_JOB)
                .then()
                .statusCode(404);
    }

    @Test
    void changesFromOtherPagesAreRejected() {
        proxied("digits.example.org")
                .header("Origin", "http://evil.example.org")
                .post(NO_JOB)
                .then()
                .statusCode(403);
        proxied("digits.example.org")
                .header("Origin", "http://other.example.org")
                .post(NO_JOB)
                .then()
                .statusCode(403);
        proxied("digits.example.org")
                .header("Sec-Fetch-Site", "same-site")
                .post(NO_JOB)
                .then()
                .statusCode(403);
    }

    @Test
    void aProxyThatKeepsHostNeedsAnAllowedName() {
        given().header("Host", "digits.example.org").get("/api/v1/train").then().statusCode(200);
        given().header("Host", "evil.example.org").get("/api/v1/train").then().statusCode(403);
        proxied("evil.example.org").get("/api/v1/train").then().statusCode(403);
    }

    private static RequestSpecification proxied(String host) {
        return given().header("X-Forwarded-Host", host).header("X-Forwarded-For", "192.0.2.7");
    }
}
