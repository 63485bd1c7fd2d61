package dev.trainyard.gateway.deadletters;

import dev.trainyard.gateway.system.SystemProbe;
import dev.trainyard.message.DeadLetterPublisher;
import dev.trainyard.message.MalformedMessageException;
import dev.trainyard.message.ModelActivation;
import dev.trainyard.message.ModelQuarantine;
import dev.trainyard.message.ModelVersion;
import dev.trainyard.message.NewerVersionException;
import dev.trainyard.message.PredictReply;
import dev.trainyard.message.PredictorStatus;
import dev.trainyard.message.StoppedPartitions;
import dev.trainyard.message.Topics;
import dev.trainyard.message.TrainControl;
import dev.trainyard.message.TrainerStatus;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Routes unreadable records of broadcast topics to dead-letter topics. Every process reads these topics completely and
 * skips such a record; the gateways read them here as one consumer group, so that each record is routed once.
 */
@Singleton
public final class DeadLetterRouter implements Runnable, SystemProbe.StoppedReader, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DeadLetterRouter.class);
    private static final List<String> BROADCAST_TOPICS = List.of(
            Topics.TRAIN_CONTROL,
            Topics.MODELS,
            Topics.MODEL_VERSIONS,
            Topics.MODEL_QUARANTINE,
            Topics.PREDICTOR_STATUS,
            Topics.TRAINER_STATUS,
            Topics.PREDICT_REPLIES);
    /** Latency does not matter here. */
    private static final Duration POLL = Duration.ofSeconds(5);
    /** Limit for a pending fetch; what it would return is read again. */
    private static final Duration CLOSE_LIMIT = Duration.ofMillis(100);

    private static final long RETRY_MILLIS = 1_000;

    private final Map<String, Object> kafka;
    private final DeadLetterPublisher letters;
    private final StoppedPartitions stopped = new StoppedPartitions();
    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile @Nullable Consumer<byte[], byte[]> consumer;

    public DeadLetterRouter(
            @Identifier("default-kafka-broker") Map<String, Object> kafka, DeadLetterPublisher letters) {
        this.kafka = kafka;
        this.letters = letters;
    }

    /** Partitions at which reading stopped at a record of a later release. */
    @Override
    public StoppedPartitions stopped() {
        return stopped;
    }

    @Override
    public void run() {
        try {
            while (closing.getCount() > 0) {
                try {
                    read();
                } catch (WakeupException e) {
                    LOG.debug("woken to stop");
                } catch (InterruptException e) {
                    return;
                } catch (RuntimeException e) {
                    LOG.warn("Cannot check topics for unreadable records, retrying: {}", e.toString());
                    closing.await(RETRY_MILLIS, TimeUnit.MILLISECONDS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void read() throws InterruptedException {
        Consumer<byte[], byte[]> opened =
                new KafkaConsumer<>(config(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
        try {
            consumer = opened;
            stopped.clear();
            opened.subscribe(BROADCAST_TOPICS);
            while (closing.getCount() > 0) {
                route(opened, opened.poll(POLL));
            }
        } finally {
            opened.close(CloseOptions.timeout(CLOSE_LIMIT));
        }
    }

    private void route(Consumer<byte[], byte[]> source, ConsumerRecords<byte[], byte[]> batch)
            throws InterruptedException {
        boolean found = false;
        stopped.retain(source.assignment());
        for (TopicPartition partition : batch.partitions()) {
            for (ConsumerRecord<byte[], byte[]> message : batch.records(partition)) {
                try {
                    requireReadable(message);
                } catch (NewerVersionException e) {
                    stopped.stop(source, message, e);
                    break;
                } catch (MalformedMessageException e) {
                    LOG.error("{} offset {}: {}", partition, message.offset(), e.getMessage());
                    letters.send(message, String.valueOf(e.getMessage()));
                    found = true;
                }
            }
        }
        if (found) {
            source.commitSync(); // keeps the chance of a duplicate small
        } else if (!batch.isEmpty()) {
            source.commitAsync();
        }
    }

    /** A record without a value (tombstone) removes its key; only a reply must have a value. */
    static void requireReadable(ConsumerRecord<byte[], byte[]> message) throws MalformedMessageException {
        boolean tombstone = message.value() == null;
        switch (message.topic()) {
            case Topics.TRAIN_CONTROL -> {
                if (tombstone) {
                    requireUuid(key(message));
                } else {
                    TrainControl.read(message.value());
                }
            }
            case Topics.MODELS -> {
                key(message);
                if (!tombstone) {
                    ModelActivation.read(message.value());
                }
            }
            case Topics.MODEL_VERSIONS -> {
                key(message);
                if (!tombstone) {
                    ModelVersion.read(message.value());
                }
            }
            case Topics.MODEL_QUARANTINE -> {
                key(message);
                if (!tombstone) {
                    ModelQuarantine.read(message.value());
                }
            }
            case Topics.PREDICTOR_STATUS -> {
                key(message);
                if (!tombstone) {
                    PredictorStatus.read(message.value());
                }
            }
            case Topics.TRAINER_STATUS -> {
                key(message);
                if (!tombstone) {
                    TrainerStatus.read(message.value());
                }
            }
            default -> PredictReply.read(message.value());
        }
    }

    private static String key(ConsumerRecord<byte[], byte[]> message) throws MalformedMessageException {
        if (message.key() == null) {
            throw new MalformedMessageException("a record of %s must have a key".formatted(message.topic()));
        }
        return new String(message.key(), StandardCharsets.UTF_8);
    }

    private static void requireUuid(String key) throws MalformedMessageException {
        try {
            UUID.fromString(key);
        } catch (IllegalArgumentException e) {
            throw new MalformedMessageException("the key is not the key of a job: " + e.getMessage(), e);
        }
    }

    private Map<String, Object> config() {
        Map<String, Object> config = new HashMap<>(kafka);
        config.put(ConsumerConfig.GROUP_ID_CONFIG, Topics.GATEWAY_LETTERS_GROUP);
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        // Larger fetches cost predictions less processor time.
        config.put(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, 1024 * 1024);
        config.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, (int) POLL.toMillis());
        config.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, 4 * 1024 * 1024);
        config.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 10_000);
        config.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, 3_000);
        // Also the interval at which the heartbeat thread wakes up; the default is 100 ms.
        config.put(ConsumerConfig.RETRY_BACKOFF_MS_CONFIG, RETRY_MILLIS);
        config.put(ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1_000);
        config.put(ConsumerConfig.METADATA_MAX_AGE_CONFIG, 30_000);
        return config;
    }

    /** Makes {@link #run} return soon. */
    @Override
    public void close() {
        closing.countDown();
        Consumer<byte[], byte[]> open = consumer;
        if (open != null) {
            open.wakeup();
        }
    }
}
