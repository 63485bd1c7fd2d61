package dev.trainyard.message;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.config.TopicConfig;

/** How a topic is created; replication is the broker's default. */
public record TopicSpec(String name, int partitions, Map<String, String> config) {
    /**
     * Records bear the broker's time. By the sender's, the broker would refuse every event of a worker whose clock is
     * more than an hour ahead, and a replay of the topic would tell times that never were.
     */
    private static final Map<String, String> OF_EACH = Map.of("message.timestamp.type", "LogAppendTime");

    /** Name of the setting, the broker's default of which depends on the broker. */
    static final String LARGEST = TopicConfig.MAX_MESSAGE_BYTES_CONFIG;

    /** Only whole segments are deleted, and a broker's default is 1 GiB. */
    private static final String SEGMENT_BYTES = String.valueOf(64 * 1024 * 1024);

    public TopicSpec {
        Map<String, String> all = new HashMap<>(OF_EACH);
        all.put(LARGEST, String.valueOf(RecordLimits.JSON));
        all.putAll(config);
        config = Map.copyOf(all);
    }

    /** Kept for good: a waiting job must outlive any retention. */
    static TopicSpec log(String name, int partitions) {
        return new TopicSpec(name, partitions, Map.of("retention.ms", "-1"));
    }

    /** Worth something for {@code time} and, at most, {@code bytes} of each partition. */
    static TopicSpec recent(String name, int partitions, Duration time, long bytes) {
        return new TopicSpec(
                name,
                partitions,
                Map.of(
                        "retention.ms", String.valueOf(time.toMillis()),
                        "retention.bytes", String.valueOf(bytes),
                        "segment.bytes", SEGMENT_BYTES));
    }

    /** Requests and replies are worthless after their deadline. */
    static TopicSpec transientLog(String name, int partitions) {
        return new TopicSpec(
                name,
                partitions,
                Map.of(
                        "retention.ms",
                        String.valueOf(Duration.ofMinutes(10).toMillis()),
                        "segment.bytes",
                        SEGMENT_BYTES));
    }

    static TopicSpec compacted(String name) {
        return new TopicSpec(name, 1, Map.of("cleanup.policy", "compact"));
    }

    /** The last record of each key, and none that is older than {@code time}. */
    static TopicSpec compacted(String name, Duration time) {
        return new TopicSpec(
                name,
                1,
                Map.of(
                        "cleanup.policy",
                        "compact,delete",
                        "retention.ms",
                        String.valueOf(time.toMillis()),
                        "segment.bytes",
                        SEGMENT_BYTES));
    }

    /** The largest record that it takes, bytes. */
    public int largest() {
        return Integer.parseInt(config.get(LARGEST));
    }

    /** The same topic for records of up to {@code bytes}. */
    TopicSpec withLargest(int bytes) {
        Map<String, String> wider = new HashMap<>(config);
        wider.put(LARGEST, String.valueOf(bytes));
        return new TopicSpec(name, partitions, Map.copyOf(wider));
    }
}
