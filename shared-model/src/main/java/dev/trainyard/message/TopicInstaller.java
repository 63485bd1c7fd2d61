package dev.trainyard.message;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.TopicExistsException;

/** Creates the topics that are missing; every service calls it at start, so none depends on another's being first. */
public final class TopicInstaller {
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
        } catch (TimeoutException e) {
            throw new IllegalStateException("Kafka did not create the topics in %d s".formatted(timeoutSeconds), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while creating the topics", e);
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
