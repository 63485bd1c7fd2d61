package dev.trainyard.message;

import dev.trainyard.kafka.ConnectionProblems;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;

/**
 * Creates missing topics. Every service that may does so at start, so that the order of starts is irrelevant; with
 * access rules only gateways may, and the others wait for them. The record size limit of existing topics is raised,
 * never lowered; the gateway also updates their other settings.
 */
public final class TopicInstaller {
    private TopicInstaller() {}

    /** As {@link #install(Map, Collection, TopicReplication, int)}, without topics of pools. */
    public static void install(Map<String, Object> adminConfig, int timeoutSeconds) {
        install(adminConfig, List.of(), TopicReplication.DEFAULTS, timeoutSeconds);
    }

    /**
     * Creates all topics of {@link Topics#all()} that are missing on the broker, and those of pools of trainers.
     *
     * @param adminConfig at least {@code bootstrap.servers}
     * @param jobTopics names of {@link Topics#jobs}
     * @throws IllegalStateException if the broker cannot be reached within {@code timeoutSeconds} or refuses
     */
    public static void install(
            Map<String, Object> adminConfig,
            Collection<String> jobTopics,
            TopicReplication replication,
            int timeoutSeconds) {
        List<TopicSpec> expected = new ArrayList<>(Topics.all());
        jobTopics.stream()
                .filter(topic -> !topic.equals(Topics.TRAIN_JOBS))
                .map(topic -> Topics.jobTopic(topic, TopicRetention.DEFAULTS))
                .forEach(expected::add);
        run(adminConfig, timeoutSeconds, admin -> {
            TopicCreator creator = new TopicCreator(admin, brokersAtLeast(adminConfig), replication, timeoutSeconds);
            List<String> denied = creator.createPermitted(expected);
            if (denied.isEmpty()) {
                new TopicConfigUpdater(admin, timeoutSeconds)
                        .update(expected, Map.of(), Set.of(TopicSpec.MAX_MESSAGE_BYTES)::contains);
            } else {
                List<String> hidden = creator.requirePresent(denied);
                creator.requireVisible(hidden, hidden.size() < expected.size());
            }
        });
    }

    /** As {@link #installAndAlter(Map, TopicRetention, TopicReplication, int)} with the default replication. */
    public static void installAndAlter(Map<String, Object> adminConfig, TopicRetention limits, int timeoutSeconds) {
        installAndAlter(adminConfig, limits, TopicReplication.DEFAULTS, timeoutSeconds);
    }

    /**
     * Creates missing topics and updates the configuration of existing ones, such as those of an earlier release and
     * those of pools, which trainers create.
     *
     * @return the smallest number of copies that a topic has
     * @throws IllegalStateException like {@link #install}, or if the cluster cannot satisfy {@code replication}
     */
    public static int installAndAlter(
            Map<String, Object> adminConfig, TopicRetention limits, TopicReplication replication, int timeoutSeconds) {
        int[] copies = {0};
        run(adminConfig, timeoutSeconds, admin -> {
            List<TopicSpec> expected = new ArrayList<>(Topics.all(limits));
            TopicCreator creator = new TopicCreator(admin, brokersAtLeast(adminConfig), replication, timeoutSeconds);
            boolean created = creator.create(expected);
            expected.addAll(poolTopics(admin, limits, timeoutSeconds));
            Map<String, Integer> copiesByTopic = creator.copies(expected, created);
            creator.requireSatisfied(copiesByTopic);
            copies[0] = copiesByTopic.values().stream()
                    .mapToInt(Integer::intValue)
                    .min()
                    .orElse(0);
            if (created) {
                new TopicConfigUpdater(admin, timeoutSeconds)
                        .update(expected, minInSync(copiesByTopic, replication), setting -> true);
            }
        });
        return copies[0];
    }

    /**
     * Updates the configuration of the topics of pools, which trainers create at any time.
     *
     * @throws IllegalStateException like {@link #install}
     */
    public static void alterPools(
            Map<String, Object> adminConfig, TopicRetention limits, TopicReplication replication, int timeoutSeconds) {
        run(adminConfig, timeoutSeconds, admin -> {
            List<TopicSpec> pools = poolTopics(admin, limits, timeoutSeconds);
            if (!pools.isEmpty()) {
                TopicCreator creator = new TopicCreator(admin, 1, replication, timeoutSeconds);
                Map<String, Integer> copies = creator.copies(pools, false);
                new TopicConfigUpdater(admin, timeoutSeconds)
                        .update(pools, minInSync(copies, replication), setting -> true);
            }
        });
    }

    private static List<TopicSpec> poolTopics(Admin admin, TopicRetention limits, int timeoutSeconds)
            throws InterruptedException, TimeoutException {
        try {
            return admin.listTopics().names().get(timeoutSeconds, TimeUnit.SECONDS).stream()
                    .filter(topic -> Topics.isJobs(topic) && !topic.equals(Topics.TRAIN_JOBS))
                    .map(topic -> Topics.jobTopic(topic, limits))
                    .toList();
        } catch (ExecutionException e) {
            throw new IllegalStateException(ConnectionProblems.describe(e), e.getCause());
        }
    }

    private static Map<String, TopicConfigUpdater.MinInSync> minInSync(
            Map<String, Integer> copies, TopicReplication replication) {
        return copies.entrySet().stream()
                .filter(topic -> replication.minInSync(topic.getValue()) <= topic.getValue())
                .collect(Collectors.toMap(
                        Map.Entry::getKey,
                        topic -> new TopicConfigUpdater.MinInSync(
                                replication.minInSync(topic.getValue()),
                                replication.minInSync().isPresent())));
    }

    /** Brokers that the cluster will have, though some may still be starting. */
    private static int brokersAtLeast(Map<String, Object> adminConfig) {
        Object servers = adminConfig.get(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG);
        return servers instanceof Collection<?> list
                ? list.size()
                : String.valueOf(servers).split(",").length;
    }

    private static Admin connect(Map<String, Object> adminConfig) {
        try {
            return Admin.create(adminConfig);
        } catch (KafkaException e) { // such as a key store that cannot be read
            throw new IllegalStateException(ConnectionProblems.describe(e), e);
        }
    }

    private interface Step {
        void run(Admin admin) throws InterruptedException, TimeoutException;
    }

    private static void run(Map<String, Object> adminConfig, int timeoutSeconds, Step step) {
        Admin admin = connect(adminConfig);
        try {
            step.run(admin);
        } catch (TimeoutException e) {
            throw new IllegalStateException(
                    "Kafka did not create the topics in %d s; is it reached at %s by %s (kafka.security.protocol)?"
                            .formatted(
                                    timeoutSeconds,
                                    adminConfig.get(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG),
                                    adminConfig.getOrDefault(
                                            CommonClientConfigs.SECURITY_PROTOCOL_CONFIG,
                                            CommonClientConfigs.DEFAULT_SECURITY_PROTOCOL)),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while creating the topics", e);
        } finally {
            admin.close(Duration.ZERO); // by default it waits a minute for a broker that does not answer
        }
    }
}
