package dev.trainyard.gateway.predictions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trainyard.gateway.problem.ProblemException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Timeouts from the headers of clients and proxies. */
class RequestTimeoutTest {
    private static final Duration LIMIT = Duration.ofSeconds(5);

    @Test
    void theShortestTimeoutApplies() {
        assertThat(RequestTimeout.shortest(null, null, LIMIT)).isEqualTo(LIMIT);
        assertThat(RequestTimeout.shortest("0.3", null, LIMIT)).isEqualTo(Duration.ofMillis(300));
        assertThat(RequestTimeout.shortest(" 2 ", null, LIMIT)).isEqualTo(Duration.ofSeconds(2));
        assertThat(RequestTimeout.shortest(null, "200", LIMIT)).isEqualTo(Duration.ofMillis(200));
        assertThat(RequestTimeout.shortest("0.3", "200", LIMIT)).isEqualTo(Duration.ofMillis(200));
        assertThat(RequestTimeout.shortest("0.1", "200", LIMIT)).isEqualTo(Duration.ofMillis(100));
    }

    @Test
    void theGatewaysTimeoutIsTheUpperLimit() {
        assertThat(RequestTimeout.shortest("86400", null, LIMIT)).isEqualTo(LIMIT);
        assertThat(RequestTimeout.shortest(null, "999999999", LIMIT)).isEqualTo(LIMIT);
    }

    @Test
    void zeroFromEnvoyMeansNoTimeout() {
        assertThat(RequestTimeout.shortest(null, "0", LIMIT)).isEqualTo(LIMIT);
        assertThat(RequestTimeout.shortest("1", "0", LIMIT)).isEqualTo(Duration.ofSeconds(1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "1.5", "soon", "", "9999999999"})
    void invalidEnvoyTimeoutsAreReported(String millis) {
        assertThatThrownBy(() -> RequestTimeout.shortest("1", millis, LIMIT))
                .isInstanceOfSatisfying(ProblemException.class, problem -> assertThat(problem.errors())
                        .singleElement()
                        .satisfies(error -> assertThat(error.pointer()).isEqualTo("X-Envoy-Expected-Rq-Timeout-Ms")));
    }
}
