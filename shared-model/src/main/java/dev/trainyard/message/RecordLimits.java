package dev.trainyard.message;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerConfig;

/**
 * How large records may be, for producers, topics and brokers alike. A producer lets pass what the largest topic takes,
 * so that it is the topic that says what is too large; a consumer needs no limit, as it is always given one whole batch.
 */
public final class RecordLimits {
    /** Of topics that hold JSON, bytes: a job of a thousand epochs with its checkpoints takes half a megabyte. */
    public static final int JSON = 2 * 1024 * 1024;
    /** Of {@link Topics#PREDICT_REQUESTS}, bytes: a PNG of 5 MiB and its headers. */
    public static final int PICTURE = 6 * 1024 * 1024;
    /** Of dead letters, bytes: any record and the headers that say why. */
    public static final int LETTER = PICTURE + 64 * 1024;
    /** What a broker must take and copy, bytes: {@code message.max.bytes} and {@code replica.fetch.max.bytes}. */
    public static final int BROKER = LETTER;

    private RecordLimits() {}

    /** A producer's configuration over {@code kafka} that lets pass whatever its topic takes. */
    public static Map<String, Object> producer(Map<String, Object> kafka) {
        Map<String, Object> config = new HashMap<>(kafka);
        config.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, BROKER);
        return config;
    }
}
