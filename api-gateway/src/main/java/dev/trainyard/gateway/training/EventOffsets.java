package dev.trainyard.gateway.training;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Utils;
import org.jdbi.v3.core.Jdbi;

/**
 * How far the events are applied, by whichever gateway. The group's offsets at the broker would not do: one whose
 * commit was lost with the broker stays behind until the next event, and no lost run would be found meanwhile.
 */
public final class EventOffsets {
    private final Jdbi jdbi;

    public EventOffsets(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /**
     * Where all partitions stood at one moment.
     *
     * @param applied the next offset of each
     * @param stopped those in which more may wait than is applied, until a gateway of a later release reads it
     */
    record Snapshot(Map<Integer, Long> applied, Set<Integer> stopped) {
        /**
         * Whether everything before {@code ends} is applied but for the stopped partitions, of whose jobs nothing is known;
         * {@code starts} is where the topic begins.
         */
        boolean reached(Map<TopicPartition, Long> starts, Map<TopicPartition, Long> ends) {
            return ends.entrySet().stream()
                    .filter(end -> !stopped.contains(end.getKey().partition()))
                    .allMatch(end -> {
                        TopicPartition partition = end.getKey();
                        long position = applied.getOrDefault(partition.partition(), starts.get(partition));
                        return Math.max(position, starts.get(partition)) >= end.getValue();
                    });
        }

        /** Whether the events of job {@code key} are in a partition that is read to its end. */
        boolean knows(UUID key, int partitions) {
            return !stopped.contains(partition(key, partitions));
        }
    }

    Snapshot snapshot() {
        Map<Integer, Long> applied = new HashMap<>();
        Set<Integer> stopped = new HashSet<>();
        jdbi.useHandle(handle -> handle.createQuery("select partition, next_offset, stopped_reason from event_position")
                .map((rs, context) -> {
                    if (rs.getString(3) != null) {
                        stopped.add(rs.getInt(1));
                    }
                    return applied.put(rs.getInt(1), rs.getLong(2));
                })
                .list());
        return new Snapshot(applied, stopped);
    }

    /** As Kafka's producers choose it by a record's key. */
    static int partition(UUID key, int partitions) {
        byte[] bytes = key.toString().getBytes(StandardCharsets.UTF_8);
        return Utils.toPositive(Utils.murmur2(bytes)) % partitions;
    }
}
