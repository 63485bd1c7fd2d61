package dev.trainyard.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestTargetTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/v1/x/..%2ftrain",
                "/api/v1/x/..%2Ftrain",
                "/api/v1/train%5cx",
                "/api/v1/train\\x",
                "/api/v1/train%3Bx=1",
                "/api/v1/train;x=1",
                "/api/v1/%2e%2e/train",
                "/api/v1/.%2E/train",
                "/app/main%2ejs",
                "/api/v1/models/%00",
                "/app/%00.js",
                "/q/%09metrics",
                // decoded twice
                "/api/v1/x/..%252ftrain",
                "/api/v1/%252e%252e/train",
                "/q/health%253b/../metrics",
                "/api/v1/models/%2500",
                "/api/v1/train%255Cx",
                "/api/v1/train%25252fx",
                // absolute
                "http://localhost/api/v1/x/..%2ftrain",
                "HTTPS://localhost/q/health;/metrics",
                "http://localhost?x=/api/v1/x/..%2ftrain",
                "http://localhost?x=/api/v1/train",
                "http://?/api/v1/train",
                "http:///api/v1/train",
                "http://user@localhost/api/v1/train",
                "http:/api/v1/train",
                "//localhost\\@/api"
            })
    void targetsThatPartsOfTheGatewayCouldReadDifferentlyAreRefused(String target) {
        assertThat(RequestTarget.problem(target)).as(target).isPresent();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/api/v1/train?from=..%2f&x=%00;y",
                "/api/v1/models/a%20b",
                "/api/v1/models/100%25",
                "/api/v1/models/caf%C3%A9",
                "/_static/lit/3.3.3/index.js",
                "http://localhost",
                "http://localhost/",
                "http://127.0.0.1:8080/api/v1/train?x=/y",
                "https://[::1]:8443/api/v1/train"
            })
    void otherTargetsAreServed(String target) {
        assertThat(RequestTarget.problem(target)).as(target).isEmpty();
    }
}
