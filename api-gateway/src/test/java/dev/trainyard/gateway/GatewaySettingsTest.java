package dev.trainyard.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class GatewaySettingsTest {
    @Test
    void theDefaultsAreThoseOfTheReadme() {
        GatewaySettings settings = new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .withConverter(Duration.class, 300, new DurationConverter())
                .withMapping(GatewaySettings.class)
                .build()
                .getConfigMapping(GatewaySettings.class);
        assertThat(settings.artifacts().dir()).isEqualTo(Path.of(".trainyard/artifacts"));
        assertThat(settings.lease().duration()).isEqualTo(Duration.ofSeconds(60));
        assertThat(settings.lease().maxAttempts()).isEqualTo(3);
        assertThat(settings.reaper().period()).isEqualTo(Duration.ofSeconds(5));
        assertThat(settings.reaper().unclaimedLimit()).isEqualTo(Duration.ofSeconds(30));
        assertThat(settings.waiting().limit()).isEqualTo(Duration.ofMinutes(5));
        assertThat(settings.admin().token()).isEmpty();
        assertThat(settings.expected().trainers()).isEmpty();
        assertThat(settings.expected().predictors()).isEmpty();
        assertThat(settings.predict().timeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(settings.predict().maxPending()).isEqualTo(1024);
        assertThat(settings.predict().batchTimeout()).isEqualTo(Duration.ofSeconds(30));
        assertThat(settings.predict().kept().age()).isEqualTo(Duration.ofHours(24));
        assertThat(settings.predict().kept().sweep()).isEqualTo(Duration.ofMinutes(10));
        assertThat(settings.predict().kept().patience()).isEqualTo(Duration.ofSeconds(10));
        assertThat(settings.predict().kept().asks()).isEqualTo(20);
        assertThat(settings.predict().kept().limit()).isEqualTo(10_000);
        assertThat(settings.predict().kept().bytes().asLongValue()).isEqualTo(256L * 1024 * 1024);
    }
}
