package dev.trainyard.message;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.config.TopicConfig;

/** How a topic is created and kept; replication is the broker's default. */
public record TopicSpec(String name, int partitions, Map<String, String> config) {
    private static final int MIB = 1024 * 1024;
    private static final int MAX_SEGMENT = 16 * MIB;
    private static final int COMPACTED_SEGMENT = 8 * MIB;
    /** Of a record of the largest size with its batch header; a segment must hold one. */
    private static final int BATCH_OVERHEAD = 64 * 1024;

    private static final int MIN_SEGMENT = RecordSizeLimits.JSON + BATCH_OVERHEAD;

    private static final String DAY = String.valueOf(Duration.ofDays(1).toMillis());

    /** Name of the setting, the broker's default of which depends on the broker. */
    static final String MAX_MESSAGE_BYTES = TopicConfig.MAX_MESSAGE_BYTES_CONFIG;

    private static final Map<String, String> COMMON_CONFIG = Map.of(
            // Records bear the broker's time. By the sender's, the broker would refuse every event of a worker whose
            // clock is more than an hour ahead, and a replay of the topic would tell times that never were.
            "message.timestamp.type", "LogAppendTime",
            // the default preallocates 10 MiB for each index of each active segment
            "segment.index.bytes", String.valueOf(MIB),
            // a deleted segment's files leave the disk after this time, by default after a minute
            "file.delete.delay.ms", "10000");

    public TopicSpec {
        Map<String, String> all = new HashMap<>(COMMON_CONFIG);
        all.put(MAX_MESSAGE_BYTES, String.valueOf(RecordSizeLimits.JSON));
        all.putAll(config);
        config = Map.copyOf(all);
    }

    /** Bounded by time and size. Whole segments are deleted, so their size follows from the limit. */
    static TopicSpec bounded(String name, int partitions, TopicRetention.Bounds limit) {
        return new TopicSpec(name, partitions, bounds(partitions, limit));
    }

    /** The last record of each key. */
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

    /** The last record of each key, and none that is older or past the size. */
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

    /** The largest record that it takes, bytes. */
    public int maxRecordBytes() {
        return Integer.parseInt(config.get(MAX_MESSAGE_BYTES));
    }

    /** The same topic for records of up to {@code bytes}. */
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
     * The most that the topic takes on the disk of one replica: what is retained, the active segment, and one that is
     * filled before the broker's next check. Of a compacted topic without a size: its segments before compaction.
     */
    public long maxDiskBytes() {
        long segment = Long.parseLong(config.get("segment.bytes"));
        long retained = Long.parseLong(config.getOrDefault("retention.bytes", String.valueOf(segment)));
        return partitions * (retained + 2 * segment);
    }
}
