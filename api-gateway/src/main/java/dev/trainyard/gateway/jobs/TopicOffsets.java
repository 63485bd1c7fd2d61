package dev.trainyard.gateway.jobs;

import io.smallrye.common.annotation.Identifier;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/** Reads offsets of topics and consumer groups from the broker. */
@Singleton
public class TopicOffsets implements AutoCloseable {
    private static final long LIMIT_SECONDS = 5;

    /** Partitions are added rarely, and topics created again. */
    private static final long TOPICS_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final Admin admin;
    private final Map<String, Read> topics = new ConcurrentHashMap<>();

    /**
     * A topic of the broker.
     *
     * @param id changes if the topic is deleted and created again; null if the broker gives none
     */
    public record Topic(int partitions, @Nullable UUID id) {}

    /** A topic as read at a {@link System#nanoTime}. */
    private record Read(Topic topic, long readAt) {
        boolean isRecent() {
            return System.nanoTime() - readAt < TOPICS_NANOS;
        }
    }

    public TopicOffsets(@Identifier("default-kafka-broker") Map<String, Object> kafka) {
        Map<String, Object> config = new HashMap<>(kafka);
        config.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, 4_000);
        config.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 4_000);
        config.put(AdminClientConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1_000);
        this.admin = Admin.create(config);
    }

    /** Returns the current end offset of each partition of {@code topic}. */
    public Map<TopicPartition, Long> ends(String topic) {
        return offsets(topic, OffsetSpec.latest());
    }

    /** Returns the current start offset of each partition of {@code topic}. */
    public Map<TopicPartition, Long> starts(String topic) {
        return offsets(topic, OffsetSpec.earliest());
    }

    /**
     * Position of a group in a partition.
     *
     * @param start start offset of the partition; records before it were deleted
     * @param committed committed offset of the group; 0 if it has not committed
     */
    public record Position(long start, long committed) {
        /** Returns true if every record before {@code end} was consumed or deleted. */
        public boolean reached(long end) {
            return Math.max(start, committed) >= end;
        }

        /** Returns true if records before {@code end} were deleted before the group consumed them. */
        public boolean expired(long end) {
            return committed < end && start > committed;
        }
    }

    /** Returns the position of {@code group} in each partition of {@code topic}. */
    public Map<TopicPartition, Position> positions(String group, String topic) {
        Map<TopicPartition, Long> starts = offsets(topic, OffsetSpec.earliest());
        Map<TopicPartition, OffsetAndMetadata> committed =
                get(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata());
        return starts.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, start -> {
            OffsetAndMetadata done = committed.get(start.getKey());
            return new Position(start.getValue(), done == null ? 0 : done.offset());
        }));
    }

    private Map<TopicPartition, Long> offsets(String topic, OffsetSpec spec) {
        Map<TopicPartition, OffsetSpec> requested = IntStream.range(
                        0, topic(topic).partitions())
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .collect(Collectors.toMap(Function.identity(), partition -> spec));
        try {
            return get(admin.listOffsets(requested).all()).entrySet().stream()
                    .collect(Collectors.toMap(Map.Entry::getKey, entry -> offset(entry.getValue())));
        } catch (KafkaException e) {
            forget(topic); // it may have been deleted, or created again with fewer partitions
            throw e;
        }
    }

    /** Returns {@code topic} as it was within the last 30 s. */
    public Topic topic(String topic) {
        Read known = topics.get(topic);
        if (known == null || !known.isRecent()) {
            long readAt = System.nanoTime();
            TopicDescription found = Objects.requireNonNull(
                    get(admin.describeTopics(List.of(topic)).allTopicNames()).get(topic));
            known = new Read(new Topic(found.partitions().size(), id(found)), readAt);
            topics.put(topic, known);
        }
        return known.topic();
    }

    /** Reads {@code topic} from the broker at the next call. */
    void forget(String topic) {
        topics.remove(topic);
    }

    /** Ids of those of {@code names} that exist. */
    public Map<String, UUID> ids(Collection<String> names) {
        Map<String, UUID> ids = new HashMap<>();
        admin.describeTopics(names).topicNameValues().forEach((name, described) -> {
            try {
                UUID id = id(described.get(LIMIT_SECONDS, TimeUnit.SECONDS));
                if (id != null) {
                    ids.put(name, id);
                }
            } catch (ExecutionException | TimeoutException e) {
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                    throw new KafkaException("the topic %s could not be read from the broker".formatted(name), e);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new KafkaException("interrupted while reading topics", e);
            }
        });
        return ids;
    }

    private static @Nullable UUID id(TopicDescription topic) {
        Uuid id = topic.topicId();
        return id.equals(Uuid.ZERO_UUID) ? null : new UUID(id.getMostSignificantBits(), id.getLeastSignificantBits());
    }

    private static long offset(ListOffsetsResultInfo info) {
        return info.offset();
    }

    private static <T> T get(KafkaFuture<T> future) {
        try {
            return future.get(LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new KafkaException("offsets could not be read from the broker", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaException("interrupted while reading offsets", e);
        }
    }

    @Override
    @PreDestroy
    public void close() {
        admin.close();
    }
}
