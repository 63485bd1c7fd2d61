package dev.trainyard.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class MinimumRateTest {
    private final BodyReadingContext.MinimumRate pace =
            new BodyReadingContext.MinimumRate(Duration.ofSeconds(30), Duration.ofSeconds(5), 1024);

    @Test
    void largeBodiesHaveMoreTimeThanSmallOnes() {
        assertThat(pace.time(256 * 1024)).isEqualTo(Duration.ofSeconds(30));
        assertThat(pace.time(8 * 1024 * 1024)).isEqualTo(Duration.ofSeconds(30));
        assertThat(pace.time(32 * 1024 * 1024)).isEqualTo(Duration.ofSeconds(64));
    }
}
