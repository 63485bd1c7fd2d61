package dev.trainyard.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.http.HttpMethod;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestRateLimiterTest {
    @ParameterizedTest
    @CsvSource({
        "POST, /api/v1/predict, true",
        "POST, /api/v1/predict/, true",
        "POST, /api/v1/predict/preview, true",
        "POST, /api/v1/predict/batch, true",
        "POST, /v2/models/DigitModel/infer, true",
        "POST, /v2/models/DigitModel/versions/1/infer, true",
        "GET, /q/health, true",
        "HEAD, /q/health/live, true",
        "GET, /q/health/ready, true",
        "GET, /q/health/started, true",
        "GET, /api/v1/predict, false",
        "POST, /api/v1/predictions, false",
        "GET, /api/v1/predict/batch/1, false",
        "GET, /v2/models/DigitModel, false",
        "GET, /v2/models/DigitModel/infer, false",
        "POST, /v2/other, false",
        "POST, /q/health, false",
        "GET, /q/health/other, false",
        "GET, /q/healthy, false",
        "GET, /api/v1/train, false"
    })
    void onlyPredictionsAndHealthAreExempt(String method, String path, boolean exempt) {
        assertThat(RequestRateLimiter.isExempt(HttpMethod.valueOf(method), path))
                .isEqualTo(exempt);
    }
}
