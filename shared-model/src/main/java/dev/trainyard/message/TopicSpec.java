package dev.trainyard.message;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.config.TopicConfig;

/** Configuration of a topic; {@link TopicReplication} says how many copies it has. */
public record TopicSpec(String name, int partitions, Map<String, String> config) {
    private static final int MIB = 1024 * 1024;
    private static final int MAX_SEGMENT = 16 * MIB;
    private static final int COMPACTED_SEGMENT = 8 * MIB;
    /** Overhead of the batch header; a segment must hold a record of the largest size. */
    private static final int BATCH_OVERHEAD = 64 * 1024;

    private static final int MIN_SEGMENT = RecordSizeLimits.JSON + BATCH_OVERHEAD;

    private static final String DAY = String.valueOf(Duration.ofDays(1).toMillis());

    /** Setting whose default depends on the broker. */
    static final String MAX_MESSAGE_BYTES = TopicConfig.MAX_MESSAGE_BYTES_CONFIG;

    private static final Map<String, String> COMMON_CONFIG = Map.of(
            // Timestamps are the broker's. With the sender's, the broker would refuse all events of a worker whose
            // clock is over an hour ahead, and a replay of the topic would show wrong times.
            "message.timestamp.type", "LogAppendTime",
            // the default preallocates 10 MiB per index of each active segment
            "segment.index.bytes", String.valueOf(MIB),
            // the files of a deleted segment are removed after this time, by default after a minute
            "file.delete.delay.ms", "10000");

    public TopicSpec {
        Map<String, String> all = new HashMap<>(COMMON_CONFIG);
        all.put(MAX_MESSAGE_BYTES, String.valueOf(RecordSizeLimits.JSON));
        all.putAll(config);
        config = Map.copyOf(all);
    }

    /** Topic limited by time and size. Only whole segments are deleted, so their size is derived from the limit. */
    static TopicSpec bounded(String name, int partitions, TopicRetention.Bounds limit) {
        return new TopicSpec(name, partitions, bounds(partitions, limit));
    }

    /** Compacted topic that keeps the last record of each key. */
    static TopicSpec compacted(String name) {
        return new TopicSpec(
                name,
                1,
                Map.of(
                        "cleanup.policy",
                        "compact",
                        // the active segment is never compacted
                        "segment.bytes",
                        String.valueOf(COMPACTED_SEGMENT),
                        "segment.ms",
                        DAY,
                        "delete.retention.ms",
                        DAY));
    }

    /** Compacted topic that also deletes records by age and size. */
    static TopicSpec compacted(String name, TopicRetention.Bounds limit) {
        Map<String, String> config = new HashMap<>(bounds(1, limit));
        config.put("cleanup.policy", "compact,delete");
        return new TopicSpec(name, 1, config);
    }

    private static Map<String, String> bounds(int partitions, TopicRetention.Bounds limit) {
        long bytes = Math.max(1, limit.bytes() / partitions);
        long segment = Math.max(MIN_SEGMENT, Math.min(MAX_SEGMENT, bytes / 4));
        return Map.of(
                "cleanup.policy", "delete",
                "retention.ms", String.valueOf(limit.time().toMillis()),
                "retention.bytes", String.valueOf(bytes),
                "segment.bytes", String.valueOf(segment));
    }

    /** Largest accepted record, in bytes. */
    public int maxRecordBytes() {
        return Integer.parseInt(config.get(MAX_MESSAGE_BYTES));
    }

    /** Returns this topic with a record size limit of {@code bytes}. */
    TopicSpec withMaxRecordBytes(int bytes) {
        Map<String, String> wider = new HashMap<>(config);
        wider.put(MAX_MESSAGE_BYTES, String.valueOf(bytes));
        wider.merge("segment.bytes", String.valueOf(bytes + BATCH_OVERHEAD), TopicSpec::larger);
        return new TopicSpec(name, partitions, Map.copyOf(wider));
    }

    private static String larger(String one, String other) {
        return Long.parseLong(one) >= Long.parseLong(other) ? one : other;
    }

    /**
     * Upper bound of the disk space of one replica, in bytes: retained data, the active segment, and one more filled
     * before the broker's next check. For a compacted topic without a size limit: its segments before compaction.
     */
    public long maxDiskBytes() {
        long segment = Long.parseLong(config.get("segment.bytes"));
        long retained = Long.parseLong(config.getOrDefault("retention.bytes", String.valueOf(segment)));
        return partitions * (retained + 2 * segment);
    }
}
