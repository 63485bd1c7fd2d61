package dev.trainyard.standalone.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.trainyard.message.TopicInstaller;
import dev.trainyard.message.TopicReplication;
import dev.trainyard.message.TopicRetention;
import dev.trainyard.message.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;

/** How many copies topics get, on clusters of one and of three brokers. */
class TopicCopiesTest {
    private static final int LIMIT_SECONDS = 60;
    private static final String POOL = Topics.jobs("gpu");

    @Test
    void threeBrokersKeepThreeCopiesOfEachTopicAndOfThoseOfPools() throws Exception {
        try (TestCluster cluster = new TestCluster(3);
                Admin admin = Admin.create(cluster.kafka())) {
            assertThat(TopicInstaller.installAndAlter(
                            cluster.oneAddress(), TopicRetention.DEFAULTS, TopicReplication.DEFAULTS, LIMIT_SECONDS))
                    .isEqualTo(3);
            TopicInstaller.install(cluster.oneAddress(), List.of(POOL), TopicReplication.DEFAULTS, LIMIT_SECONDS);

            for (String topic : List.of(Topics.TRAIN_JOBS, Topics.TRAIN_EVENTS, POOL)) {
                assertThat(copies(admin, topic)).as(topic).isEqualTo(3);
                assertThat(setting(admin, topic, "min.insync.replicas"))
                        .as(topic)
                        .isEqualTo("2");
            }

            TopicInstaller.installAndAlter(cluster.kafka(), TopicRetention.DEFAULTS, stated(3, 1), LIMIT_SECONDS);
            await().untilAsserted(() -> assertThat(setting(admin, Topics.TRAIN_JOBS, "min.insync.replicas"))
                    .isEqualTo("1"));
            TopicInstaller.installAndAlter(
                    cluster.kafka(), TopicRetention.DEFAULTS, TopicReplication.DEFAULTS, LIMIT_SECONDS);
            assertThat(setting(admin, Topics.TRAIN_JOBS, "min.insync.replicas"))
                    .as("what an operator has set is kept")
                    .isEqualTo("1");

            assertThatThrownBy(() -> TopicInstaller.install(
                            cluster.kafka(), List.of(Topics.jobs("other")), stated(4, 2), LIMIT_SECONDS))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("Kafka has 3 of the 4 brokers that keep a copy of the topic train.jobs.other each. "
                            + "Start the others, or set trainyard.topics.replication-factor to 3.");
        }
    }

    @Test
    void oneBrokerKeepsOneCopyAndRefusesToPretendMore() throws Exception {
        try (TestCluster broker = new TestCluster(1);
                Admin admin = Admin.create(broker.kafka())) {
            assertThatThrownBy(() -> TopicInstaller.installAndAlter(
                            broker.kafka(), TopicRetention.DEFAULTS, stated(3, 2), LIMIT_SECONDS))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("Kafka has 1 of the 3 brokers");
            assertThatThrownBy(() -> TopicInstaller.installAndAlter(
                            broker.kafka(),
                            TopicRetention.DEFAULTS,
                            new TopicReplication(OptionalInt.empty(), OptionalInt.of(2)),
                            LIMIT_SECONDS))
                    .hasMessageContaining("trainyard.topics.min-insync-replicas=2, but new topics have 1 copies");

            assertThat(TopicInstaller.installAndAlter(
                            broker.kafka(), TopicRetention.DEFAULTS, TopicReplication.DEFAULTS, LIMIT_SECONDS))
                    .isEqualTo(1);
            assertThat(copies(admin, Topics.TRAIN_EVENTS)).isEqualTo(1);

            assertThatThrownBy(() -> TopicInstaller.installAndAlter(
                            broker.kafka(), TopicRetention.DEFAULTS, stated(3, 2), LIMIT_SECONDS))
                    .as("with topics that exist")
                    .hasMessageContaining(
                            "so that with trainyard.topics.min-insync-replicas=2 every record would be refused");
        }
    }

    @Test
    void retentionReachesTheTopicsOfPools() throws Exception {
        try (TestCluster broker = new TestCluster(1);
                Admin admin = Admin.create(broker.kafka())) {
            TopicInstaller.install(broker.kafka(), List.of(POOL), TopicReplication.DEFAULTS, LIMIT_SECONDS);
            TopicRetention.Bounds hour = new TopicRetention.Bounds(Duration.ofHours(1), 96L * 1024 * 1024);
            TopicRetention limits = new TopicRetention(hour, hour, hour, hour, hour);

            TopicInstaller.installAndAlter(broker.kafka(), limits, TopicReplication.DEFAULTS, LIMIT_SECONDS);
            await().untilAsserted(() ->
                    assertThat(setting(admin, POOL, "retention.ms")).isEqualTo("3600000"));

            String later = Topics.jobs("later");
            admin.createTopics(List.of(new NewTopic(later, 12, (short) 1)))
                    .all()
                    .get();
            TopicInstaller.alterPools(broker.kafka(), limits, TopicReplication.DEFAULTS, LIMIT_SECONDS);
            await().untilAsserted(() ->
                    assertThat(setting(admin, later, "retention.ms")).isEqualTo("3600000"));
        }
    }

    private static TopicReplication stated(int copies, int minInSync) {
        return new TopicReplication(OptionalInt.of(copies), OptionalInt.of(minInSync));
    }

    private static int copies(Admin admin, String topic) throws Exception {
        return admin.describeTopics(List.of(topic))
                .allTopicNames()
                .get()
                .get(topic)
                .partitions()
                .get(0)
                .replicas()
                .size();
    }

    private static String setting(Admin admin, String topic, String name) throws Exception {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        return Map.copyOf(admin.describeConfigs(List.of(resource)).all().get())
                .get(resource)
                .get(name)
                .value();
    }
}
