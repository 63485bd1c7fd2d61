package dev.trainyard.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.gateway.problem.ProblemType;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ClientRateLimiterTest {
    @Test
    void aBurstOfTwiceTheRateIsAllowedAndThenRetryAfterIsSet() {
        ClientRateLimiter rate = rate(1);
        rate.admit(ClientAddress.of("192.0.2.1"), 1);
        rate.admit(ClientAddress.of("192.0.2.1"), 1);
        assertThatThrownBy(() -> rate.admit(ClientAddress.of("192.0.2.1"), 1))
                .isInstanceOfSatisfying(ProblemException.class, problem -> {
                    assertThat(problem.type()).isEqualTo(ProblemType.TOO_MANY_REQUESTS);
                    assertThat(problem.retryAfter()).isBetween(Duration.ofMillis(1), Duration.ofSeconds(1));
                });
        rate.admit(ClientAddress.of("192.0.2.2"), 1); // another client
    }

    @Test
    void allAddressesOfOneIpv6NetworkAreOneClient() {
        ClientRateLimiter rate = rate(1);
        rate.admit(ClientAddress.of("2001:db8:1:2::1"), 1);
        rate.admit(ClientAddress.of("2001:db8:1:2:ffff::2"), 1);
        assertThatThrownBy(() -> rate.admit(ClientAddress.of("2001:db8:1:2:3:4:5:6"), 1))
                .isInstanceOf(ProblemException.class);
        rate.admit(ClientAddress.of("2001:db8:1:3::1"), 1);
    }

    @Test
    void theNumberOfTrackedClientsIsBounded() {
        ClientRateLimiter rate = rate(1_000);
        for (int i = 0; i < 100_000; i++) {
            rate.admit(ClientAddress.of("%d.%d.%d.1".formatted(1 + i % 200, i / 200 % 250, i / 50_000)), 1);
        }
        assertThat(rate.trackedClients()).isLessThanOrEqualTo(10_000);
    }

    private static ClientRateLimiter rate(int perSecond) {
        return new ClientRateLimiter(perSecond, "more than %d");
    }
}
