package dev.trainyard.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trainyard.standalone.testing.TestPlatform;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;

class BrokerSettingsTest {
    @Test
    void theTrainersPositionInTheQueueIsNotForgottenWhileTheyAreAway() throws Exception {
        ConfigResource broker = new ConfigResource(ConfigResource.Type.BROKER, "1");
        try (Admin admin = Admin.create(TestPlatform.shared().kafka())) {
            String minutes = admin.describeConfigs(List.of(broker))
                    .all()
                    .get()
                    .get(broker)
                    .get("offsets.retention.minutes")
                    .value();
            assertThat(Long.parseLong(minutes)).isEqualTo(10L * 365 * 24 * 60);
        }
    }
}
