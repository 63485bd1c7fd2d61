package dev.trainyard.message;

import dev.trainyard.kafka.ConnectionProblems;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Creates topics, and checks that those that exist have the copies that the settings ask for. */
final class TopicCreator {
    private static final Logger LOG = LoggerFactory.getLogger(TopicCreator.class);

    private static final long KNOWN_POLL_MILLIS = 50;

    private final Admin admin;
    private final int brokersAtLeast;
    private final TopicReplication replication;
    private final int timeoutSeconds;

    /** @param brokersAtLeast number of brokers that the cluster has or will have */
    TopicCreator(Admin admin, int brokersAtLeast, TopicReplication replication, int timeoutSeconds) {
        this.admin = admin;
        this.brokersAtLeast = brokersAtLeast;
        this.replication = replication;
        this.timeoutSeconds = timeoutSeconds;
    }

    /** Returns false if an operator has created some of them, because this service may not. */
    boolean create(List<TopicSpec> expected) throws InterruptedException, TimeoutException {
        List<String> denied = createPermitted(expected);
        List<String> hidden = requirePresent(denied);
        requireVisible(hidden, hidden.isEmpty());
        return denied.isEmpty();
    }

    /** Returns names of topics that this service may not create. */
    List<String> createPermitted(List<TopicSpec> expected) throws InterruptedException, TimeoutException {
        int brokers = brokers();
        int copies = Math.max(replication.copies(Math.max(brokers, brokersAtLeast)), copiesOfJobs());
        String minInSync = String.valueOf(replication.minInSync(copies));
        if (Integer.parseInt(minInSync) > copies) {
            throw new IllegalStateException(
                    "%s=%s, but new topics have %d copies in this cluster of %d brokers. Set %s, or start more brokers."
                            .formatted(
                                    TopicReplication.MIN_IN_SYNC_SETTING,
                                    minInSync,
                                    copies,
                                    brokers,
                                    TopicReplication.FACTOR_SETTING));
        }
        List<NewTopic> topics = expected.stream()
                .map(spec -> new NewTopic(spec.name(), spec.partitions(), (short) copies)
                        .configs(with(spec.config(), TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG, minInSync)))
                .toList();
        List<String> denied = new ArrayList<>();
        for (Map.Entry<String, KafkaFuture<Void>> created :
                admin.createTopics(topics).values().entrySet()) {
            try {
                created.getValue().get(timeoutSeconds, TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                if (e.getCause() instanceof TopicAuthorizationException) {
                    denied.add(created.getKey());
                } else if (e.getCause() instanceof InvalidReplicationFactorException) {
                    throw new IllegalStateException(tooFewBrokers(created.getKey(), copies, brokers), e.getCause());
                } else if (!(e.getCause() instanceof TopicExistsException)) {
                    throw new IllegalStateException(ConnectionProblems.describe(e), e.getCause());
                }
            }
        }
        return denied;
    }

    private static String tooFewBrokers(String topic, int copies, int brokers) {
        return "Kafka has %d of the %d brokers that keep a copy of the topic %s each. Start the others, or set %s to %d."
                .formatted(brokers, copies, topic, TopicReplication.FACTOR_SETTING, Math.max(1, brokers));
    }

    private static Map<String, String> with(Map<String, String> config, String name, String value) {
        Map<String, String> all = new HashMap<>(config);
        all.put(name, value);
        return all;
    }

    private int brokers() throws InterruptedException, TimeoutException {
        try {
            return admin.describeCluster()
                    .nodes()
                    .get(timeoutSeconds, TimeUnit.SECONDS)
                    .size();
        } catch (ExecutionException e) {
            throw new IllegalStateException(ConnectionProblems.describe(e), e.getCause());
        }
    }

    /** A pool's topic that is created while a broker is down has as many copies as the others; 1 if that is unknown. */
    private int copiesOfJobs() throws InterruptedException, TimeoutException {
        if (replication.factor().isPresent()) {
            return replication.factor().getAsInt();
        }
        return describe(List.of(Topics.TRAIN_JOBS)).values().stream()
                .mapToInt(TopicCreator::copies)
                .findFirst()
                .orElse(1);
    }

    /** Those of {@code topics} that exist and that this service may see. */
    private Map<String, TopicDescription> describe(List<String> topics) throws InterruptedException, TimeoutException {
        Map<String, TopicDescription> found = new HashMap<>();
        for (Map.Entry<String, KafkaFuture<TopicDescription>> described :
                admin.describeTopics(topics).topicNameValues().entrySet()) {
            try {
                found.put(described.getKey(), described.getValue().get(timeoutSeconds, TimeUnit.SECONDS));
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException)
                        && !(e.getCause() instanceof TopicAuthorizationException)) {
                    throw new IllegalStateException(ConnectionProblems.describe(e), e.getCause());
                }
            }
        }
        return found;
    }

    private static int copies(TopicDescription topic) {
        return topic.partitions().stream()
                .map(TopicPartitionInfo::replicas)
                .mapToInt(List::size)
                .min()
                .orElse(0);
    }

    /**
     * Copies of each topic that exists.
     *
     * @param all waits for topics that were just created, which a broker may not know yet
     */
    Map<String, Integer> copies(List<TopicSpec> expected, boolean all) throws InterruptedException, TimeoutException {
        List<String> names = expected.stream().map(TopicSpec::name).toList();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(timeoutSeconds);
        Map<String, Integer> found = new HashMap<>();
        while (true) {
            describe(names).forEach((topic, description) -> found.put(topic, copies(description)));
            found.values().removeIf(copies -> copies == 0); // without partitions yet
            if (!all || found.size() == names.size() || System.nanoTime() - deadline > 0) {
                return found;
            }
            TimeUnit.MILLISECONDS.sleep(KNOWN_POLL_MILLIS);
        }
    }

    /**
     * Checks the copies of existing topics, which only an operator can change.
     *
     * @throws IllegalStateException if a setting cannot be satisfied
     */
    void requireSatisfied(Map<String, Integer> copiesByTopic) throws InterruptedException, TimeoutException {
        int brokers = brokers();
        copiesByTopic.forEach((topic, copies) -> {
            if (replication.minInSync(copies) > copies) {
                throw new IllegalStateException(
                        "The topic %s has %d copies, so that with %s=%d every record would be refused. Add copies with kafka-reassign-partitions.sh, or lower the setting."
                                .formatted(
                                        topic,
                                        copies,
                                        TopicReplication.MIN_IN_SYNC_SETTING,
                                        replication.minInSync(copies)));
            }
            int asked = replication.factor().orElse(copies);
            if (asked > copies && asked > brokers) {
                throw new IllegalStateException(tooFewBrokers(topic, asked, brokers));
            }
            if (asked != copies) {
                LOG.warn(
                        "The topic {} has {} copies, and {} is {}. Change it with kafka-reassign-partitions.sh.",
                        topic,
                        copies,
                        TopicReplication.FACTOR_SETTING,
                        asked);
            }
        });
    }

    /**
     * Returns those of {@code topics} that this service may not see, because only others use them.
     *
     * @throws IllegalStateException if one that it may use is missing
     */
    List<String> requirePresent(List<String> topics) throws InterruptedException, TimeoutException {
        List<String> hidden = new ArrayList<>();
        for (Map.Entry<String, KafkaFuture<TopicDescription>> described :
                admin.describeTopics(topics).topicNameValues().entrySet()) {
            try {
                described.getValue().get(timeoutSeconds, TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                    throw new IllegalStateException(
                            "Kafka has no topic %s, and its access rules let only gateways create it; start a gateway"
                                    .formatted(described.getKey()),
                            e.getCause());
                }
                if (!(e.getCause() instanceof TopicAuthorizationException)) {
                    throw new IllegalStateException(ConnectionProblems.describe(e), e.getCause());
                }
                hidden.add(described.getKey());
            }
        }
        return hidden;
    }

    /** Without its access rules a service would neither create its topics nor see that they are missing. */
    void requireVisible(List<String> hidden, boolean visible) {
        if (!visible) {
            throw new IllegalStateException(
                    ConnectionProblems.describe(new TopicAuthorizationException(Set.copyOf(hidden))));
        }
    }
}
