package dev.trainyard.gateway.training;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.jdbi.v3.core.Jdbi;

/**
 * How far the events are applied, kept beside what they changed. The group's offsets at the broker would not do: one
 * whose commit was lost with the broker stays behind until the next event, and no lost run would be found meanwhile.
 */
public final class EventPositions {
    private final Jdbi jdbi;

    public EventPositions(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /** All of {@code batch} is in the database, or needs not be. */
    void applied(ConsumerRecords<byte[], byte[]> batch) {
        Map<Integer, Long> ends = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> event : batch) {
            ends.merge(event.partition(), event.offset() + 1, Math::max);
        }
        jdbi.useTransaction(handle -> ends.forEach((partition, end) -> handle.execute("""
                insert into event_position (partition, next_offset) values (?, ?) on conflict (partition)
                do update set next_offset = greatest(event_position.next_offset, excluded.next_offset)
                """, partition, end)));
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
