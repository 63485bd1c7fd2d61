package dev.trainyard.gateway.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.gateway.problem.ProblemType;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class OverloadRateTest {
    @Test
    void aClientMayComeTwiceAsOftenAtOnceAndIsThenToldWhenToComeBack() {
        Overload overload = new Overload(1);
        overload.admit("192.0.2.1");
        overload.admit("192.0.2.1");
        assertThatThrownBy(() -> overload.admit("192.0.2.1"))
                .isInstanceOfSatisfying(ProblemException.class, problem -> {
                    assertThat(problem.type()).isEqualTo(ProblemType.TOO_MANY_REQUESTS);
                    assertThat(problem.retryAfter()).isBetween(Duration.ofMillis(1), Duration.ofSeconds(1));
                });
        overload.admit("192.0.2.2"); // another client
    }

    @Test
    void allAddressesOfOneIpv6NetworkAreOneClient() {
        Overload overload = new Overload(1);
        overload.admit("2001:db8:1:2::1");
        overload.admit("2001:db8:1:2:ffff::2");
        assertThatThrownBy(() -> overload.admit("2001:db8:1:2:3:4:5:6")).isInstanceOf(ProblemException.class);
        overload.admit("2001:db8:1:3::1");
    }

    @Test
    void aHundredThousandAddressesAreNotAllRemembered() {
        Overload overload = new Overload(1_000);
        for (int i = 0; i < 100_000; i++) {
            overload.admit("%d.%d.%d.1".formatted(1 + i % 200, i / 200 % 250, i / 50_000));
        }
        assertThat(overload.clientsKept()).isLessThanOrEqualTo(10_000);
    }
}
