package dev.trainyard.message;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Creates missing topics. Every service does so at start, so that the order of starts is irrelevant. The record size
 * limit of existing topics is raised, never lowered; the gateway also updates their other settings.
 */
public final class TopicInstaller {
    private static final Logger LOG = LoggerFactory.getLogger(TopicInstaller.class);
    private static final long RETRY_MILLIS = 100;

    private TopicInstaller() {}

    /**
     * Creates all topics of {@link Topics#all()} that are missing on the broker.
     *
     * @param adminConfig at least {@code bootstrap.servers}
     * @throws IllegalStateException if the broker cannot be reached within {@code timeoutSeconds} or refuses
     */
    public static void install(Map<String, Object> adminConfig, int timeoutSeconds) {
        run(adminConfig, timeoutSeconds, admin -> {
            create(admin, Topics.all(), timeoutSeconds);
            alter(admin, Topics.all(), Set.of(TopicSpec.MAX_MESSAGE_BYTES)::contains, timeoutSeconds);
        });
    }

    /**
     * Creates missing topics and updates the configuration of existing ones, such as those of an earlier release.
     *
     * @throws IllegalStateException like {@link #install}
     */
    public static void installAndAlter(Map<String, Object> adminConfig, TopicRetention limits, int timeoutSeconds) {
        run(adminConfig, timeoutSeconds, admin -> {
            List<TopicSpec> expected = Topics.all(limits);
            create(admin, expected, timeoutSeconds);
            alter(admin, expected, setting -> true, timeoutSeconds);
        });
    }

    private interface Step {
        void run(Admin admin) throws InterruptedException, TimeoutException;
    }

    private static void run(Map<String, Object> adminConfig, int timeoutSeconds, Step step) {
        try (Admin admin = Admin.create(adminConfig)) {
            step.run(admin);
        } catch (TimeoutException e) {
            throw new IllegalStateException("Kafka did not create the topics in %d s".formatted(timeoutSeconds), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while creating the topics", e);
        }
    }

    private static void create(Admin admin, List<TopicSpec> expected, int timeoutSeconds)
            throws InterruptedException, TimeoutException {
        List<NewTopic> topics = expected.stream()
                .map(spec -> new NewTopic(spec.name(), Optional.of(spec.partitions()), Optional.empty())
                        .configs(spec.config()))
                .toList();
        for (KafkaFuture<Void> created : admin.createTopics(topics).values().values()) {
            try {
                created.get(timeoutSeconds, TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof TopicExistsException)) {
                    throw new IllegalStateException("Kafka refused to create a topic: " + e.getCause(), e.getCause());
                }
            }
        }
    }

    private static void alter(Admin admin, List<TopicSpec> expected, Predicate<String> settings, int timeoutSeconds)
            throws InterruptedException, TimeoutException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(timeoutSeconds);
        while (!alterKnown(admin, expected, settings, timeoutSeconds)) {
            if (System.nanoTime() > deadline) {
                throw new TimeoutException("a topic that was created is not known to the broker");
            }
            Thread.sleep(RETRY_MILLIS); // the broker learns of it from the controller; there is no event to wait for
        }
    }

    /** Returns false if the broker does not know all topics yet. */
    private static boolean alterKnown(
            Admin admin, List<TopicSpec> expected, Predicate<String> settings, int timeoutSeconds)
            throws InterruptedException, TimeoutException {
        try {
            List<ConfigResource> topics =
                    expected.stream().map(spec -> resource(spec.name())).toList();
            Map<ConfigResource, Config> present =
                    admin.describeConfigs(topics).all().get(timeoutSeconds, TimeUnit.SECONDS);
            Map<ConfigResource, Collection<AlterConfigOp>> changes = new HashMap<>();
            for (TopicSpec spec : expected) {
                ConfigResource topic = resource(spec.name());
                List<AlterConfigOp> differences =
                        differences(spec, settings, Objects.requireNonNull(present.get(topic)));
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

    private static List<AlterConfigOp> differences(TopicSpec spec, Predicate<String> settings, Config present) {
        List<AlterConfigOp> differences = new ArrayList<>();
        spec.config().forEach((name, value) -> {
            ConfigEntry entry = present.get(name);
            if (settings.test(name) && (entry == null || needsUpdate(name, entry.value(), value))) {
                differences.add(new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET));
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
