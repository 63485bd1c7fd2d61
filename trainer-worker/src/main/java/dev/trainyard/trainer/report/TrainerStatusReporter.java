package dev.trainyard.trainer.report;

import dev.trainyard.message.RecordSizeLimits;
import dev.trainyard.message.RetryDelay;
import dev.trainyard.message.Topics;
import dev.trainyard.message.TrainerStatus;
import dev.trainyard.message.WireJson;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reports to the gateways on which device this trainer trains, and which GPUs it has. */
public final class TrainerStatusReporter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TrainerStatusReporter.class);
    /** Much shorter than the topic's retention. */
    private static final Duration REPEAT_INTERVAL = Duration.ofMinutes(10);

    private final Map<String, Object> config;
    private final StatusSource source;
    private final CountDownLatch closing = new CountDownLatch(1);

    /** Makes the record to send. */
    @FunctionalInterface
    public interface StatusSource {
        TrainerStatus current() throws InterruptedException;
    }

    public TrainerStatusReporter(Map<String, Object> kafka, StatusSource source) {
        this.source = source;
        this.config = RecordSizeLimits.producer(kafka);
        config.put(ProducerConfig.ACKS_CONFIG, "all");
        config.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 5_000);
        config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 25_000);
        config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 10_000);
    }

    /** Sends the status, and repeats it until {@link #close}. */
    public void run() throws InterruptedException {
        RetryDelay retry = new RetryDelay(Duration.ofSeconds(1), REPEAT_INTERVAL);
        boolean closed = false;
        while (!closed) {
            if (send(source.current())) {
                retry.reset();
                closed = closing.await(REPEAT_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
            } else {
                closed = retry.await(closing);
            }
        }
    }

    /** Connects for each record, because a connection for one record in ten minutes is not worth its memory. */
    private boolean send(TrainerStatus status) throws InterruptedException {
        byte[] key = status.trainer().getBytes(StandardCharsets.UTF_8);
        try (Producer<byte[], byte[]> producer =
                new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(Topics.TRAINER_STATUS, key, WireJson.write(status)))
                    .get();
            return true;
        } catch (ExecutionException | KafkaException e) {
            LOG.warn("the status of this trainer was not sent: {}", e.toString());
            return false;
        }
    }

    @Override
    public void close() {
        closing.countDown();
    }
}
