package dev.trainyard.trainer.report;

import dev.trainyard.message.RecordSizeLimits;
import dev.trainyard.message.RenewedProducer;
import dev.trainyard.message.Topics;
import dev.trainyard.message.TrainEvent;
import dev.trainyard.message.WireJson;
import dev.trainyard.tracing.TraceParent;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.MetadataRecoveryStrategy;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends events to {@code train.events}, keyed by job to keep the order within a job. */
public final class KafkaEventSink implements EventSink, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KafkaEventSink.class);

    private final RenewedProducer<String, byte[]> producer;
    private final RunClock clock;
    private int unacknowledged;
    private long waitingSince;

    public KafkaEventSink(Map<String, Object> kafka, RunClock clock) {
        Map<String, Object> config = producerConfig(kafka);
        this.producer = new RenewedProducer<>(
                () -> new KafkaProducer<>(config, new StringSerializer(), new ByteArraySerializer()));
        this.clock = clock;
    }

    public static Map<String, Object> producerConfig(Map<String, Object> kafka) {
        Map<String, Object> config = RecordSizeLimits.producer(kafka);
        config.put(ProducerConfig.ACKS_CONFIG, "all");
        config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        config.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        // An unavailable broker delays events but never drops them; the run stops itself long before memory is
        // exhausted.
        config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Integer.MAX_VALUE);
        // By default a producer drops its metadata without a broker; each event would then block the run and be lost.
        config.put(CommonClientConfigs.METADATA_RECOVERY_STRATEGY_CONFIG, MetadataRecoveryStrategy.NONE.name);
        config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 5_000);
        config.put(ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1_000);
        config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 10_000);
        return config;
    }

    @Override
    public CompletionStage<Void> send(TrainEvent event) {
        CompletableFuture<Void> delivered = new CompletableFuture<>();
        sent();
        ProducerRecord<String, byte[]> message =
                new ProducerRecord<>(Topics.TRAIN_EVENTS, event.key().toString(), WireJson.write(event));
        TraceParent.write(message.headers(), TraceParent.ofSampled());
        producer.send(message, (metadata, failure) -> {
            acknowledged();
            if (failure == null) {
                delivered.complete(null);
            } else {
                LOG.error("event {} of job {} could not be sent", event.sequence(), event.key(), failure);
                delivered.completeExceptionally(failure);
            }
        });
        return delivered;
    }

    private synchronized void sent() {
        if (unacknowledged++ == 0) {
            waitingSince = clock.nanos();
        }
    }

    private synchronized void acknowledged() {
        unacknowledged--;
        waitingSince = clock.nanos();
        notifyAll();
    }

    @Override
    public synchronized int unacknowledged() {
        return unacknowledged;
    }

    @Override
    public synchronized Duration timeWithoutAcknowledgement() {
        return unacknowledged == 0 ? Duration.ZERO : Duration.ofNanos(clock.nanos() - waitingSince);
    }

    @Override
    public synchronized boolean awaitDelivered(Duration limit) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        while (unacknowledged > 0) {
            long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
            if (left <= 0) {
                return false;
            }
            wait(left);
        }
        return true;
    }

    @Override
    public void close() {
        close(Duration.ZERO);
    }

    /** Closes the producer after waiting up to {@code limit} for pending events. */
    public void close(Duration limit) {
        producer.close(limit);
    }
}
