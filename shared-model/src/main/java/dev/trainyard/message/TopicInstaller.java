package dev.trainyard.message;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Creates the topics that are missing; every service calls it at start, so none depends on another's being first. Those
 * of an earlier release are made to take records as large as this one sends; none is ever made to take less.
 */
public final class TopicInstaller {
    private static final Logger LOG = LoggerFactory.getLogger(TopicInstaller.class);

    private TopicInstaller() {}

    /**
     * Creates all of {@link Topics#all()} that the broker does not have.
     *
     * @param adminConfig at least {@code bootstrap.servers}
     * @throws IllegalStateException if the broker cannot be reached in {@code timeoutSeconds} or refuses
     */
    public static void install(Map<String, Object> adminConfig, int timeoutSeconds) {
        List<NewTopic> topics = Topics.all().stream()
                .map(spec -> new NewTopic(spec.name(), Optional.of(spec.partitions()), Optional.empty())
                        .configs(spec.config()))
                .toList();
        try (Admin admin = Admin.create(adminConfig)) {
            for (KafkaFuture<Void> created : admin.createTopics(topics).values().values()) {
                awaitCreated(created, timeoutSeconds);
            }
            widen(admin, timeoutSeconds);
        } catch (TimeoutException e) {
            throw new IllegalStateException("Kafka did not create the topics in %d s".formatted(timeoutSeconds), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while creating the topics", e);
        }
    }

    private static void widen(Admin admin, int timeoutSeconds) throws InterruptedException, TimeoutException {
        Map<ConfigResource, Integer> wanted = Topics.all().stream()
                .collect(Collectors.toMap(
                        spec -> new ConfigResource(ConfigResource.Type.TOPIC, spec.name()), TopicSpec::largest));
        try {
            Map<ConfigResource, Config> present =
                    admin.describeConfigs(wanted.keySet()).all().get(timeoutSeconds, TimeUnit.SECONDS);
            Map<ConfigResource, Collection<AlterConfigOp>> wider = new HashMap<>();
            present.forEach((topic, config) -> {
                if (Integer.parseInt(config.get(TopicSpec.LARGEST).value()) < wanted.get(topic)) {
                    ConfigEntry entry = new ConfigEntry(TopicSpec.LARGEST, String.valueOf(wanted.get(topic)));
                    wider.put(topic, List.of(new AlterConfigOp(entry, AlterConfigOp.OpType.SET)));
                }
            });
            if (!wider.isEmpty()) {
                admin.incrementalAlterConfigs(wider).all().get(timeoutSeconds, TimeUnit.SECONDS);
            }
        } catch (ExecutionException e) {
            // an operator may keep topics' settings to himself; what is too large is then told of where it is sent
            LOG.warn("Kafka does not let topics take larger records: {}", e.getCause().toString());
        }
    }

    private static void awaitCreated(KafkaFuture<Void> created, int timeoutSeconds)
            throws InterruptedException, TimeoutException {
        try {
            created.get(timeoutSeconds, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw new IllegalStateException("Kafka refused to create a topic: " + e.getCause(), e.getCause());
            }
        }
    }
}
