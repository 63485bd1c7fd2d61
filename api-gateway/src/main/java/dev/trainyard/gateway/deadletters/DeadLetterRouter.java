package dev.trainyard.gateway.deadletters;

import dev.trainyard.message.DeadLetters;
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
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts on the dead letters what cannot be read on topics that many processes read, each all of it. Those only pass such
 * a record over; the gateways read here as one group, so that it becomes one letter.
 */
public final class DeadLetterRouter implements Runnable, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DeadLetterRouter.class);
    private static final List<String> SORTED = List.of(
            Topics.TRAIN_CONTROL,
            Topics.MODELS,
            Topics.MODEL_VERSIONS,
            Topics.MODEL_QUARANTINE,
            Topics.PREDICTOR_STATUS,
            Topics.PREDICT_REPLIES);
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final long RETRY_MILLIS = 1_000;

    private final Map<String, Object> kafka;
    private final DeadLetters letters;
    private final StoppedPartitions stopped = new StoppedPartitions();
    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile Consumer<byte[], byte[]> consumer;

    public DeadLetterRouter(Map<String, Object> kafka, DeadLetters letters) {
        this.kafka = kafka;
        this.letters = letters;
    }

    /** Partitions that are not looked through past a record of a later release. */
    public StoppedPartitions stopped() {
        return stopped;
    }

    @Override
    public void run() {
        try {
            while (closing.getCount() > 0) {
                try (Consumer<byte[], byte[]> opened =
                        new KafkaConsumer<>(config(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
                    consumer = opened;
                    stopped.clear();
                    opened.subscribe(SORTED);
                    while (closing.getCount() > 0) {
                        sort(opened, opened.poll(POLL));
                    }
                } catch (WakeupException e) {
                    LOG.debug("woken to stop");
                } catch (InterruptException e) {
                    return;
                } catch (RuntimeException e) {
                    LOG.warn("cannot look for records that cannot be read, trying again: {}", e.toString());
                    closing.await(RETRY_MILLIS, TimeUnit.MILLISECONDS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void sort(Consumer<byte[], byte[]> source, ConsumerRecords<byte[], byte[]> batch)
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
                    letters.send(message, e.getMessage());
                    found = true;
                }
            }
        }
        if (found) {
            source.commitSync(); // a letter is written twice only if this process ends just now
        } else if (!batch.isEmpty()) {
            source.commitAsync();
        }
    }

    /** A record without a value withdraws what its key names; only a reply must have one. */
    static void requireReadable(ConsumerRecord<byte[], byte[]> message) throws MalformedMessageException {
        boolean withdrawal = message.value() == null;
        switch (message.topic()) {
            case Topics.TRAIN_CONTROL -> {
                if (withdrawal) {
                    requireUuid(key(message));
                } else {
                    TrainControl.read(message.value());
                }
            }
            case Topics.MODELS -> {
                key(message);
                if (!withdrawal) {
                    ModelActivation.read(message.value());
                }
            }
            case Topics.MODEL_VERSIONS -> {
                key(message);
                if (!withdrawal) {
                    ModelVersion.read(message.value());
                }
            }
            case Topics.MODEL_QUARANTINE -> {
                key(message);
                if (!withdrawal) {
                    ModelQuarantine.read(message.value());
                }
            }
            case Topics.PREDICTOR_STATUS -> {
                key(message);
                if (!withdrawal) {
                    PredictorStatus.read(message.value());
                }
            }
            default -> PredictReply.read(message.value());
        }
    }

    private static String key(ConsumerRecord<byte[], byte[]> message) throws MalformedMessageException {
        if (message.key() == null) {
            throw new MalformedMessageException("a record of %s has a key".formatted(message.topic()));
        }
        return new String(message.key(), StandardCharsets.UTF_8);
    }

    private static void requireUuid(String key) throws MalformedMessageException {
        try {
            UUID.fromString(key);
        } catch (IllegalArgumentException e) {
            throw new MalformedMessageException("the key is no job's: " + e.getMessage(), e);
        }
    }

    private Map<String, Object> config() {
        Map<String, Object> config = new HashMap<>(kafka);
        config.put(ConsumerConfig.GROUP_ID_CONFIG, Topics.GATEWAY_LETTERS_GROUP);
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        // Nobody waits for it: woken once a second at most, it costs predictions nothing.
        config.put(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, 1024 * 1024);
        config.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 1_000);
        config.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, 4 * 1024 * 1024);
        config.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 10_000);
        config.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, 2_000);
        config.put(ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1_000);
        config.put(ConsumerConfig.METADATA_MAX_AGE_CONFIG, 30_000);
        return config;
    }

    /** Ends {@link #run} soon. */
    @Override
    public void close() {
        closing.countDown();
        Consumer<byte[], byte[]> open = consumer;
        if (open != null) {
            open.wakeup();
        }
    }
}
