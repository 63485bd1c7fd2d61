package dev.trainyard.message;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerConfig;

/**
 * Size limits of records, for producers, topics and brokers. A producer allows the size of the largest topic, so that
 * the topic's own limit applies. A consumer needs no limit, because it always gets one whole batch.
 */
public final class RecordSizeLimits {
    /** Largest JSON record in bytes: a job of a thousand epochs with its checkpoints takes half a megabyte. */
    public static final int JSON = 2 * 1024 * 1024;
    /** Largest record of {@link Topics#PREDICT_REQUESTS} in bytes: a PNG of 5 MiB and its headers. */
    public static final int IMAGE = 6 * 1024 * 1024;
    /** Largest dead letter in bytes: any record and the headers with its reason. */
    public static final int DEAD_LETTER = IMAGE + 64 * 1024;
    /** Limit that a broker needs, in bytes: {@code message.max.bytes} and {@code replica.fetch.max.bytes}. */
    public static final int BROKER = DEAD_LETTER;

    private RecordSizeLimits() {}

    /** Producer configuration, based on {@code kafka}, that allows the largest record of any topic. */
    public static Map<String, Object> producer(Map<String, Object> kafka) {
        Map<String, Object> config = new HashMap<>(kafka);
        config.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, BROKER);
        return config;
    }
}
