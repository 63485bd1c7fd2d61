package dev.trainyard.message;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Puts records that cannot be read on {@code <topic>.dlq}, bytes unchanged, with headers that say why and from where. */
public final class DeadLetters implements AutoCloseable {
    public static final String REASON = "trainyard-reason";
    public static final String SOURCE_TOPIC = "trainyard-source-topic";
    public static final String SOURCE_PARTITION = "trainyard-source-partition";
    public static final String SOURCE_OFFSET = "trainyard-source-offset";
    public static final String WORKER = "trainyard-worker";
    private static final long SEND_LIMIT_SECONDS = 30;

    private final KafkaProducer<byte[], byte[]> producer;
    private final String worker;

    /** Connects when the first letter is sent. */
    public DeadLetters(Map<String, Object> kafka, String worker) {
        this.producer = new KafkaProducer<>(config(kafka), new ByteArraySerializer(), new ByteArraySerializer());
        this.worker = worker;
    }

    /**
     * Returns once the broker has the record, so that its offset may be committed.
     *
     * @throws KafkaException if it could not be sent in time
     */
    public void send(ConsumerRecord<byte[], byte[]> bad, String reason) throws InterruptedException {
        ProducerRecord<byte[], byte[]> letter =
                new ProducerRecord<>(Topics.deadLetter(bad.topic()), null, bad.key(), bad.value());
        bad.headers().forEach(letter.headers()::add);
        header(letter, REASON, reason);
        header(letter, SOURCE_TOPIC, bad.topic());
        header(letter, SOURCE_PARTITION, String.valueOf(bad.partition()));
        header(letter, SOURCE_OFFSET, String.valueOf(bad.offset()));
        header(letter, WORKER, worker);
        try {
            producer.send(letter).get(SEND_LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new KafkaException("could not put a record of " + bad.topic() + " on its dead-letter topic", e);
        }
    }

    private static void header(ProducerRecord<?, ?> letter, String name, String value) {
        letter.headers().add(name, value.getBytes(StandardCharsets.UTF_8));
    }

    private static Map<String, Object> config(Map<String, Object> kafka) {
        Map<String, Object> config = new HashMap<>(kafka);
        config.put(ProducerConfig.ACKS_CONFIG, "all");
        config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        config.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        config.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Topics.LARGEST_LETTER);
        config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 5_000);
        config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 25_000);
        config.put(ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1_000);
        config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 10_000);
        return config;
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(2));
    }
}
