package dev.trainyard.message;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes unreadable records to {@code <topic>.dlq} with unchanged bytes and headers for reason and source. Records
 * too large for that topic are truncated, so that they do not block their partition.
 */
public final class DeadLetterPublisher implements AutoCloseable {
    public static final String REASON = "trainyard-reason";
    public static final String SOURCE_TOPIC = "trainyard-source-topic";
    public static final String SOURCE_PARTITION = "trainyard-source-partition";
    public static final String SOURCE_OFFSET = "trainyard-source-offset";
    public static final String WORKER = "trainyard-worker";
    /** Original length of a truncated value, in bytes; truncated letters lack the record's own headers. */
    public static final String CUT_FROM = "trainyard-cut-from";

    private static final Logger LOG = LoggerFactory.getLogger(DeadLetterPublisher.class);
    private static final long SEND_LIMIT_SECONDS = 30;
    /** Length of a truncated value, in bytes; brokers accept it with any settings. */
    private static final int MAX_CUT_VALUE_BYTES = 64 * 1024;

    private static final int MAX_CUT_KEY_BYTES = 1024;

    private final RenewedProducer<byte[], byte[]> producer;
    private final String worker;

    /** Connects lazily, with the first dead letter. */
    public DeadLetterPublisher(Map<String, Object> kafka, String worker) {
        this.producer = new RenewedProducer<>(
                () -> new KafkaProducer<>(config(kafka), new ByteArraySerializer(), new ByteArraySerializer()));
        this.worker = worker;
    }

    /**
     * Returns when the broker has acknowledged the record, so that its offset may be committed. A dead letter refused
     * by Kafka is only logged, because otherwise its partition would be blocked forever; the record stays on its
     * topic.
     *
     * @throws KafkaException if it could not be sent in time
     */
    public void send(ConsumerRecord<byte[], byte[]> bad, String reason) throws InterruptedException {
        try {
            deliver(complete(bad, reason));
        } catch (RecordTooLargeException e) {
            // it was stored compressed, or the topic was created for smaller records
            deliverOrLog(truncated(bad, reason), bad, reason);
        } catch (RefusedException e) {
            logRefusal(e, bad, reason);
        }
    }

    private void deliverOrLog(ProducerRecord<byte[], byte[]> letter, ConsumerRecord<?, ?> bad, String reason)
            throws InterruptedException {
        try {
            deliver(letter);
        } catch (RecordTooLargeException | RefusedException e) {
            logRefusal(e, bad, reason);
        }
    }

    private static void logRefusal(KafkaException refusal, ConsumerRecord<?, ?> bad, String reason) {
        LOG.error(
                "{}-{} offset {} cannot be processed and Kafka refuses its dead letter ({}): {}",
                bad.topic(),
                bad.partition(),
                bad.offset(),
                refusal.getMessage(),
                reason);
    }

    /** Kafka refused the dead letter; a retry would fail in the same way. */
    private static final class RefusedException extends KafkaException {
        RefusedException(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    private void deliver(ProducerRecord<byte[], byte[]> letter) throws InterruptedException {
        try {
            producer.send(letter, (metadata, failure) -> {}).get(SEND_LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RecordTooLargeException tooLarge) {
                throw tooLarge;
            }
            throw SendErrors.isRecordError(e)
                    ? new RefusedException(SendErrors.reason(e), e.getCause())
                    : failure(letter, e);
        } catch (TimeoutException e) {
            throw failure(letter, e);
        }
    }

    private static KafkaException failure(ProducerRecord<?, ?> letter, Exception cause) {
        return new KafkaException("could not put a record on " + letter.topic(), cause);
    }

    private ProducerRecord<byte[], byte[]> complete(ConsumerRecord<byte[], byte[]> bad, String reason) {
        ProducerRecord<byte[], byte[]> letter =
                new ProducerRecord<>(Topics.deadLetter(bad.topic()), null, bad.key(), bad.value());
        bad.headers().forEach(letter.headers()::add);
        describe(letter, bad, reason);
        return letter;
    }

    private ProducerRecord<byte[], byte[]> truncated(ConsumerRecord<byte[], byte[]> bad, String reason) {
        ProducerRecord<byte[], byte[]> letter = new ProducerRecord<>(
                Topics.deadLetter(bad.topic()),
                null,
                prefix(bad.key(), MAX_CUT_KEY_BYTES),
                prefix(bad.value(), MAX_CUT_VALUE_BYTES));
        describe(letter, bad, reason);
        header(letter, CUT_FROM, String.valueOf(bad.value() == null ? 0 : bad.value().length));
        return letter;
    }

    private static byte[] prefix(byte[] bytes, int kept) {
        return bytes == null || bytes.length <= kept ? bytes : Arrays.copyOf(bytes, kept);
    }

    private void describe(ProducerRecord<?, ?> letter, ConsumerRecord<?, ?> bad, String reason) {
        header(letter, REASON, MalformedMessageException.cut(reason));
        header(letter, SOURCE_TOPIC, bad.topic());
        header(letter, SOURCE_PARTITION, String.valueOf(bad.partition()));
        header(letter, SOURCE_OFFSET, String.valueOf(bad.offset()));
        header(letter, WORKER, worker);
    }

    private static void header(ProducerRecord<?, ?> letter, String name, String value) {
        letter.headers().add(name, value.getBytes(StandardCharsets.UTF_8));
    }

    private static Map<String, Object> config(Map<String, Object> kafka) {
        Map<String, Object> config = RecordSizeLimits.producer(kafka);
        config.put(ProducerConfig.ACKS_CONFIG, "all");
        config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        config.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 5_000);
        config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 25_000);
        config.put(ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1_000);
        config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 10_000);
        return config;
    }

    @Override
    public void close() {
        close(Duration.ofSeconds(2));
    }

    /** Closes the producer after waiting up to {@code limit} for pending dead letters. */
    public void close(Duration limit) {
        producer.close(limit);
    }
}
