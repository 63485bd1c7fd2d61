package dev.trainyard.gateway.jobs;

import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Utils;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/**
 * Offsets up to which all gateways have applied {@code train.events}. The group's committed offsets do not suffice: a
 * commit lost with the broker is repeated only after the next event, and no lost run would be detected until then.
 */
@Singleton
public final class EventOffsets {
    private final Jdbi jdbi;

    public EventOffsets(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /**
     * Offsets of all partitions at one moment.
     *
     * @param applied next offset by partition
     * @param stopped partitions that stopped at a record of a later release
     */
    record Snapshot(Map<Integer, Long> applied, Set<Integer> stopped) {
        /**
         * Returns true if all events before {@code ends} are applied, except those of stopped partitions.
         *
         * @param starts first available offset of each partition
         */
        boolean reached(Map<TopicPartition, Long> starts, Map<TopicPartition, Long> ends) {
            return ends.entrySet().stream()
                    .filter(end -> !stopped.contains(end.getKey().partition()))
                    .allMatch(end -> {
                        TopicPartition partition = end.getKey();
                        long start = Objects.requireNonNull(starts.get(partition));
                        return Math.max(applied.getOrDefault(partition.partition(), start), start) >= end.getValue();
                    });
        }

        /** Returns true if the partition with the events of job {@code key} is not stopped. */
        boolean isCurrent(UUID key, int partitions) {
            return !stopped.contains(partition(key, partitions));
        }
    }

    /** @param topicId of the topic as it is now; positions in an earlier one say nothing about it */
    Snapshot snapshot(@Nullable UUID topicId) {
        Map<Integer, Long> applied = new HashMap<>();
        Set<Integer> stopped = new HashSet<>();
        jdbi.useHandle(handle -> handle.createQuery("""
                        select partition, next_offset, stopped_reason from event_position
                        where topic_id is null or cast(:topic as uuid) is null or topic_id = cast(:topic as uuid)
                        """)
                .bind("topic", topicId)
                .map((rs, context) -> {
                    if (rs.getString(3) != null) {
                        stopped.add(rs.getInt(1));
                    }
                    return applied.put(rs.getInt(1), rs.getLong(2));
                })
                .list());
        return new Snapshot(applied, stopped);
    }

    /** Returns the partition that Kafka producers choose for {@code key}. */
    static int partition(UUID key, int partitions) {
        byte[] bytes = key.toString().getBytes(StandardCharsets.UTF_8);
        return Utils.toPositive(Utils.murmur2(bytes)) % partitions;
    }
}
