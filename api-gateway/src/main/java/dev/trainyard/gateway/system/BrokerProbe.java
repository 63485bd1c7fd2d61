package dev.trainyard.gateway.system;

import static java.util.stream.Collectors.toMap;

import dev.trainyard.message.Topics;
import io.smallrye.common.annotation.Identifier;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.jspecify.annotations.Nullable;

/** Reads consumer lag, group members and numbers of dead letters from the broker. */
@Singleton
public final class BrokerProbe implements AutoCloseable {
    private static final int LIMIT_MILLIS = 1_700;

    /** Topics with the consumer group that reads each. */
    private static final Map<String, String> READERS = Map.of(
            Topics.TRAIN_JOBS, Topics.TRAINERS_GROUP,
            Topics.TRAIN_EVENTS, Topics.GATEWAY_EVENTS_GROUP,
            Topics.PREDICT_REQUESTS, Topics.PREDICTORS_GROUP);

    private final Map<String, Object> config;
    private @Nullable Admin client;

    public BrokerProbe(@Identifier("default-kafka-broker") Map<String, Object> kafka) {
        config = new HashMap<>(kafka);
        config.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, LIMIT_MILLIS);
        config.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, LIMIT_MILLIS);
        config.put(AdminClientConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1_000);
    }

    /** Created lazily, because creation fails while the broker's host name cannot be resolved. */
    private synchronized Admin admin() {
        if (client == null) {
            client = Admin.create(config);
        }
        return client;
    }

    /**
     * State of the broker.
     *
     * @param idleTrainers names of trainers that wait for a job
     */
    record BrokerState(
            List<SystemView.Lag> topics,
            SystemView.Letters deadLetters,
            List<String> idleTrainers,
            List<String> predictors) {}

    /** @throws KafkaException if the broker does not answer in time */
    BrokerState poll() {
        Admin admin = admin();
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LIMIT_MILLIS);
        var groups = admin.describeConsumerGroups(List.of(Topics.TRAINERS_GROUP, Topics.PREDICTORS_GROUP))
                .describedGroups();
        var committed = admin.listConsumerGroupOffsets(READERS.values().stream()
                        .collect(toMap(group -> group, g -> new ListConsumerGroupOffsetsSpec())))
                .all();
        Map<String, TopicDescription> topics = get(admin.describeTopics(names()).allTopicNames(), deadline);
        var starts = offsets(admin, topics, OffsetSpec.earliest());
        var ends = offsets(admin, topics, OffsetSpec.latest());
        Map<TopicPartition, Long> first = plain(get(starts, deadline));
        Map<TopicPartition, Long> last = plain(get(ends, deadline));
        return new BrokerState(
                lags(get(committed, deadline), first, last),
                letters(first, last),
                members(Objects.requireNonNull(groups.get(Topics.TRAINERS_GROUP)), deadline),
                members(Objects.requireNonNull(groups.get(Topics.PREDICTORS_GROUP)), deadline));
    }

    /**
     * Names of the trainers that wait for a job.
     *
     * @throws KafkaException if the broker does not answer in time
     */
    public List<String> waitingTrainers() {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LIMIT_MILLIS);
        var groups =
                admin().describeConsumerGroups(List.of(Topics.TRAINERS_GROUP)).describedGroups();
        return members(Objects.requireNonNull(groups.get(Topics.TRAINERS_GROUP)), deadline);
    }

    private static List<String> names() {
        List<String> names = new ArrayList<>(READERS.keySet());
        Topics.all().stream()
                .map(spec -> spec.name())
                .filter(Topics::isDeadLetter)
                .forEach(names::add);
        return names;
    }

    private static KafkaFuture<Map<TopicPartition, ListOffsetsResultInfo>> offsets(
            Admin admin, Map<String, TopicDescription> topics, OffsetSpec spec) {
        return admin.listOffsets(topics.values().stream()
                        .flatMap(topic -> topic.partitions().stream()
                                .map(partition -> new TopicPartition(topic.name(), partition.partition())))
                        .collect(toMap(Function.identity(), partition -> spec)))
                .all();
    }

    private static Map<TopicPartition, Long> plain(Map<TopicPartition, ListOffsetsResultInfo> offsets) {
        return offsets.entrySet().stream()
                .collect(toMap(Map.Entry::getKey, entry -> entry.getValue().offset()));
    }

    private static List<SystemView.Lag> lags(
            Map<String, Map<TopicPartition, OffsetAndMetadata>> committed,
            Map<TopicPartition, Long> first,
            Map<TopicPartition, Long> last) {
        return READERS.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(reader -> {
                    Map<TopicPartition, OffsetAndMetadata> done = committed.getOrDefault(reader.getValue(), Map.of());
                    List<Long> behind = last.entrySet().stream()
                            .filter(end -> end.getKey().topic().equals(reader.getKey()))
                            .map(end -> end.getValue()
                                    - position(
                                            done.get(end.getKey()),
                                            first.getOrDefault(end.getKey(), 0L),
                                            end.getValue()))
                            .toList();
                    return new SystemView.Lag(
                            reader.getKey(),
                            reader.getValue(),
                            behind.size(),
                            behind.stream().mapToLong(Long::longValue).sum());
                })
                .toList();
    }

    /** Records that were deleted before they were read do not count as lag. */
    private static long position(@Nullable OffsetAndMetadata done, long first, long last) {
        return done == null ? first : Math.min(last, Math.max(first, done.offset()));
    }

    private static SystemView.Letters letters(Map<TopicPartition, Long> first, Map<TopicPartition, Long> last) {
        List<SystemView.Count> counts = last.entrySet().stream()
                .filter(end -> Topics.isDeadLetter(end.getKey().topic()))
                .map(end -> new SystemView.Count(
                        end.getKey().topic(), end.getValue() - first.getOrDefault(end.getKey(), 0L)))
                .sorted((a, b) -> a.topic().compareTo(b.topic()))
                .toList();
        return new SystemView.Letters(
                counts.stream().mapToLong(SystemView.Count::count).sum(), counts);
    }

    /** Workers use their name as client id. A group that never had a member does not exist. */
    private static List<String> members(KafkaFuture<ConsumerGroupDescription> group, long deadline) {
        try {
            return get(group, deadline).members().stream()
                    .map(MemberDescription::clientId)
                    .distinct()
                    .sorted()
                    .toList();
        } catch (GroupIdNotFoundException e) {
            return List.of();
        }
    }

    private static <T> T get(KafkaFuture<T> future, long deadline) {
        try {
            return future.get(Math.max(1, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof GroupIdNotFoundException unknown) {
                throw unknown;
            }
            throw new KafkaException("the broker's state could not be read", e);
        } catch (TimeoutException e) {
            throw new KafkaException("the broker's state could not be read", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaException("interrupted while waiting for the broker", e);
        }
    }

    @Override
    @PreDestroy
    public synchronized void close() {
        if (client != null) {
            client.close();
        }
    }
}
