package dev.trainyard.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.trainyard.message.RecordSizeLimits;
import dev.trainyard.message.TopicInstaller;
import dev.trainyard.message.TopicRetention;
import dev.trainyard.message.TopicSpec;
import dev.trainyard.message.Topics;
import dev.trainyard.standalone.testing.TestPlatform;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;

class BrokerSettingsTest {
    private static final ConfigResource BROKER = new ConfigResource(ConfigResource.Type.BROKER, "1");

    @Test
    void offsetsOfTrainersAreKeptWhileNoTrainerRuns() throws Exception {
        assertThat(Long.parseLong(setting(BROKER, "offsets.retention.minutes"))).isEqualTo(10L * 365 * 24 * 60);
    }

    @Test
    void brokerTopicsAndProducersHaveTheSameRecordLimit() throws Exception {
        String largest = String.valueOf(RecordSizeLimits.BROKER);
        assertThat(setting(BROKER, "message.max.bytes")).isEqualTo(largest);
        assertThat(setting(BROKER, "replica.fetch.max.bytes")).isEqualTo(largest);
        String compose = Files.readString(Path.of("../docker-compose.yml"));
        assertThat(compose)
                .contains("KAFKA_MESSAGE_MAX_BYTES: " + largest, "KAFKA_REPLICA_FETCH_MAX_BYTES: " + largest);
        for (TopicSpec topic : Topics.all()) {
            assertThat(setting(new ConfigResource(ConfigResource.Type.TOPIC, topic.name()), "max.message.bytes"))
                    .as(topic.name())
                    .isEqualTo(String.valueOf(topic.maxRecordBytes()));
            assertThat(topic.maxRecordBytes()).isLessThanOrEqualTo(RecordSizeLimits.BROKER);
        }
        assertThat(RecordSizeLimits.producer(Map.of()))
                .containsEntry(
                        "max.request.size",
                        Topics.all().stream()
                                .mapToInt(TopicSpec::maxRecordBytes)
                                .max()
                                .orElseThrow());
    }

    @Test
    void theRecordLimitOfAnExistingTopicIsRaisedAndNeverLowered() throws Exception {
        ConfigResource jobs = new ConfigResource(ConfigResource.Type.TOPIC, Topics.TRAIN_JOBS);
        ConfigResource events = new ConfigResource(ConfigResource.Type.TOPIC, Topics.TRAIN_EVENTS);
        String present = setting(events, "max.message.bytes");
        try {
            set(jobs, "1048588");
            set(events, "4000000");
            TopicInstaller.installAndAlter(TestPlatform.shared().kafka(), TopicRetention.DEFAULTS, 30);
            awaitSetting(jobs, String.valueOf(RecordSizeLimits.JSON));
            assertThat(setting(events, "max.message.bytes")).isEqualTo("4000000");
        } finally {
            set(events, present);
        }
    }

    private static String setting(ConfigResource of, String name) throws Exception {
        try (Admin admin = Admin.create(TestPlatform.shared().kafka())) {
            return admin.describeConfigs(List.of(of))
                    .all()
                    .get()
                    .get(of)
                    .get(name)
                    .value();
        }
    }

    private static void set(ConfigResource topic, String largest) throws Exception {
        ConfigEntry entry = new ConfigEntry("max.message.bytes", largest);
        try (Admin admin = Admin.create(TestPlatform.shared().kafka())) {
            admin.incrementalAlterConfigs(Map.of(topic, List.of(new AlterConfigOp(entry, AlterConfigOp.OpType.SET))))
                    .all()
                    .get();
        }
        awaitSetting(topic, largest);
    }

    /** The controller acknowledges a change before the broker applies it. */
    private static void awaitSetting(ConfigResource topic, String largest) {
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(setting(topic, "max.message.bytes"))
                .isEqualTo(largest));
    }
}
