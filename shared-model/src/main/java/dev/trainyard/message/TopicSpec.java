package dev.trainyard.message;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** How a topic is created; replication is the broker's default. */
public record TopicSpec(String name, int partitions, Map<String, String> config) {
    /**
     * Records bear the broker's time. By the sender's, the broker would refuse every event of a worker whose clock is
     * more than an hour ahead, and a replay of the topic would tell times that never were.
     */
    private static final Map<String, String> OF_EACH = Map.of("message.timestamp.type", "LogAppendTime");

    public TopicSpec {
        Map<String, String> all = new HashMap<>(OF_EACH);
        all.putAll(config);
        config = Map.copyOf(all);
    }

    /** Kept for good: a waiting job must outlive any retention. */
    static TopicSpec log(String name, int partitions) {
        return new TopicSpec(name, partitions, Map.of("retention.ms", "-1"));
    }

    /** Requests and replies are worthless after their deadline. */
    static TopicSpec transientLog(String name, int partitions) {
        return new TopicSpec(
                name,
                partitions,
                Map.of("retention.ms", String.valueOf(Duration.ofMinutes(10).toMillis())));
    }

    static TopicSpec compacted(String name) {
        return new TopicSpec(name, 1, Map.of("cleanup.policy", "compact"));
    }

    /** The same topic for records of up to {@code bytes}; the broker allows 1 MiB by default. */
    TopicSpec withLargest(int bytes) {
        Map<String, String> wider = new HashMap<>(config);
        wider.put("max.message.bytes", String.valueOf(bytes));
        return new TopicSpec(name, partitions, Map.copyOf(wider));
    }
}
