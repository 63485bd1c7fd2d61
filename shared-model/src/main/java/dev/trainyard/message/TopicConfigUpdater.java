package dev.trainyard.message;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Changes the configuration of existing topics where it differs. */
final class TopicConfigUpdater {
    private static final Logger LOG = LoggerFactory.getLogger(TopicConfigUpdater.class);
    private static final long RETRY_MILLIS = 100;

    private final Admin admin;
    private final int timeoutSeconds;

    TopicConfigUpdater(Admin admin, int timeoutSeconds) {
        this.admin = admin;
        this.timeoutSeconds = timeoutSeconds;
    }

    /** @param stated false if it is a default, which does not replace what an operator has set on the topic */
    record MinInSync(int value, boolean stated) {
        boolean applies(@Nullable ConfigEntry present) {
            if (present == null) {
                return false;
            }
            boolean ofTopic = present.source() == ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG;
            return (stated || !ofTopic) && !String.valueOf(value).equals(present.value());
        }
    }

    /**
     * @param minInSync by name of a topic
     * @param settings names of the settings that are changed, besides that
     */
    void update(List<TopicSpec> expected, Map<String, MinInSync> minInSync, Predicate<String> settings)
            throws InterruptedException, TimeoutException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(timeoutSeconds);
        while (!updateKnown(expected, minInSync, settings)) {
            if (System.nanoTime() > deadline) {
                throw new TimeoutException("a topic that was created is not known to the broker");
            }
            Thread.sleep(RETRY_MILLIS); // the broker learns of it from the controller; there is no event to wait for
        }
    }

    /** Returns false if the broker does not know all topics yet. */
    private boolean updateKnown(List<TopicSpec> expected, Map<String, MinInSync> minInSync, Predicate<String> settings)
            throws InterruptedException, TimeoutException {
        try {
            List<ConfigResource> topics =
                    expected.stream().map(spec -> resource(spec.name())).toList();
            Map<ConfigResource, Config> present =
                    admin.describeConfigs(topics).all().get(timeoutSeconds, TimeUnit.SECONDS);
            Map<ConfigResource, Collection<AlterConfigOp>> changes = new HashMap<>();
            for (TopicSpec spec : expected) {
                ConfigResource topic = resource(spec.name());
                Config config = Objects.requireNonNull(present.get(topic));
                List<AlterConfigOp> differences = differences(spec, settings, config);
                MinInSync least = minInSync.get(spec.name());
                if (least != null && least.applies(config.get(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG))) {
                    differences.add(set(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG, String.valueOf(least.value())));
                }
                if (!differences.isEmpty()) {
                    changes.put(topic, List.copyOf(differences));
                    LOG.info("topic {} is given {}", spec.name(), differences);
                }
            }
            admin.incrementalAlterConfigs(changes).all().get(timeoutSeconds, TimeUnit.SECONDS);
            return true;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return false;
            }
            // Operators may restrict the topics' settings. A record that is too large is then reported when it is
            // sent.
            LOG.warn("Kafka refused to change the settings of topics: {}", String.valueOf(e.getCause()));
            return true;
        }
    }

    private static ConfigResource resource(String topic) {
        return new ConfigResource(ConfigResource.Type.TOPIC, topic);
    }

    private static AlterConfigOp set(String name, String value) {
        return new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET);
    }

    private static List<AlterConfigOp> differences(TopicSpec spec, Predicate<String> settings, Config present) {
        List<AlterConfigOp> differences = new ArrayList<>();
        spec.config().forEach((name, value) -> {
            ConfigEntry entry = present.get(name);
            if (settings.test(name) && (entry == null || needsUpdate(name, entry.value(), value))) {
                differences.add(set(name, value));
            }
        });
        return differences;
    }

    /** A gateway of the next release may have raised the record size limit. */
    private static boolean needsUpdate(String setting, String present, String expected) {
        return setting.equals(TopicSpec.MAX_MESSAGE_BYTES)
                ? Long.parseLong(present) < Long.parseLong(expected)
                : !expected.equals(present);
    }
}
