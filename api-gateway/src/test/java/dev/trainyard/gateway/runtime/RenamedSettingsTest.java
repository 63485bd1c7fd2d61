package dev.trainyard.gateway.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RenamedSettingsTest {
    @Test
    void oldNamesOfTheLastReleaseAreStillRead() {
        GatewaySettings settings =
                settings("trainyard.predict.kept.patience", "3s", "trainyard.predict.kept.asks", "4");
        assertThat(settings.predict().async().replyTimeout()).isEqualTo(Duration.ofSeconds(3));
        assertThat(settings.predict().async().maxAttempts()).isEqualTo(4);
        assertThat(settings.predict().async().age()).isEqualTo(Duration.ofHours(24));
    }

    @Test
    void theNewNamePrevails() {
        GatewaySettings settings = settings("trainyard.predict.kept.limit", "3", "trainyard.predict.async.limit", "4");
        assertThat(settings.predict().async().limit()).isEqualTo(4);
    }

    private static GatewaySettings settings(String... pairs) {
        Map<String, String> set = new HashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            set.put(pairs[i], pairs[i + 1]);
        }
        return new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .withConverter(Duration.class, 300, new DurationConverter())
                .withMapping(GatewaySettings.class)
                .withValidateUnknown(false)
                .withInterceptors(new RenamedSettings())
                .withSources(new PropertiesConfigSource(set, "test", 300))
                .build()
                .getConfigMapping(GatewaySettings.class);
    }
}
