package dev.trainyard.standalone.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trainyard.message.TopicInstaller;
import dev.trainyard.message.TopicRetention;
import dev.trainyard.message.TopicSpec;
import dev.trainyard.message.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;

/** Every topic is bounded, including topics that an earlier release created. */
class TopicRetentionTest {
    private static final int LIMIT_SECONDS = 60;

    @Test
    void everyTopicIsBoundedByTimeAndSizeOrCompacted() {
        for (TopicSpec topic : Topics.all()) {
            String policy = topic.config().get("cleanup.policy");
            assertThat(policy).as(topic.name()).isNotNull();
            assertThat(Long.parseLong(topic.config().get("segment.bytes")))
                    .as("a segment of " + topic.name() + " holds its largest record")
                    .isGreaterThanOrEqualTo(
                            Long.parseLong(topic.config().getOrDefault("max.message.bytes", "1048588")));
            if (policy.contains("delete")) {
                assertThat(Long.parseLong(topic.config().get("retention.ms")))
                        .as(topic.name())
                        .isPositive();
                assertThat(Long.parseLong(topic.config().get("retention.bytes")))
                        .as(topic.name())
                        .isPositive();
            }
        }
    }

    @Test
    void allTopicsTogetherStayBelowTheStatedTotal() {
        assertThat(Topics.all().stream().mapToLong(TopicSpec::maxDiskBytes).sum())
                .isLessThan(Topics.MAX_BYTES);
    }

    @Test
    void topicsOfAnEarlierReleaseAreReconfigured() throws Exception {
        try (TestPlatform platform = TestPlatform.start();
                Admin admin = Admin.create(platform.kafka())) {
            replace(
                    admin,
                    new NewTopic(Topics.TRAIN_JOBS, Optional.of(12), Optional.empty())
                            .configs(Map.of("retention.ms", "-1")));
            TopicRetention.Bounds small = new TopicRetention.Bounds(Duration.ofMinutes(1), 24L * 1024 * 1024);
            TopicRetention limits = new TopicRetention(small, small, small, small, small);

            TopicInstaller.installAndAlter(platform.kafka(), limits, LIMIT_SECONDS);

            // brokers apply a configuration change shortly after the controller
            long deadline =
                    System.nanoTime() + Duration.ofSeconds(LIMIT_SECONDS).toNanos();
            List<String> differences = differences(admin, Topics.all(limits));
            while (!differences.isEmpty() && System.nanoTime() < deadline) {
                differences = differences(admin, Topics.all(limits));
            }
            assertThat(differences).isEmpty();
        }
    }

    private static void replace(Admin admin, NewTopic topic) throws Exception {
        admin.deleteTopics(List.of(topic.name())).all().get();
        while (admin.listTopics().names().get().contains(topic.name())) {
            Thread.onSpinWait();
        }
        admin.createTopics(List.of(topic)).all().get();
    }

    private static List<String> differences(Admin admin, List<TopicSpec> wanted) throws Exception {
        List<ConfigResource> topics = wanted.stream()
                .map(topic -> new ConfigResource(ConfigResource.Type.TOPIC, topic.name()))
                .toList();
        Map<String, Config> present = admin.describeConfigs(topics).all().get().entrySet().stream()
                .collect(Collectors.toMap(entry -> entry.getKey().name(), Map.Entry::getValue));
        List<String> differences = new ArrayList<>();
        for (TopicSpec topic : wanted) {
            topic.config().forEach((name, value) -> {
                String found = present.get(topic.name()).get(name).value();
                // never lowered: a gateway of the next release may have raised it
                boolean largeEnough = name.equals("max.message.bytes") && Long.parseLong(found) > Long.parseLong(value);
                if (!found.equals(value) && !largeEnough) {
                    differences.add("%s: %s is %s, wanted %s".formatted(topic.name(), name, found, value));
                }
            });
        }
        return differences;
    }
}
