package dev.trainyard.gateway.training;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.jdbi.v3.core.Jdbi;

/**
 * How far the events are applied, by whichever gateway. The group's offsets at the broker would not do: one whose
 * commit was lost with the broker stays behind until the next event, and no lost run would be found meanwhile.
 */
public final class EventPositions {
    private final Jdbi jdbi;

    public EventPositions(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /** Whether everything before {@code ends} is applied; {@code starts} is where the topic begins. */
    boolean reached(Map<TopicPartition, Long> starts, Map<TopicPartition, Long> ends) {
        Map<Integer, Long> applied = new HashMap<>();
        jdbi.useHandle(handle -> handle.createQuery("select partition, next_offset from event_position")
                .map((rs, context) -> applied.put(rs.getInt(1), rs.getLong(2)))
                .list());
        return ends.entrySet().stream().allMatch(end -> {
            TopicPartition partition = end.getKey();
            long position = applied.getOrDefault(partition.partition(), starts.get(partition));
            return Math.max(position, starts.get(partition)) >= end.getValue();
        });
    }
}
