package dev.trainyard.predictor.models;

import dev.trainyard.message.MalformedMessageException;
import dev.trainyard.message.ModelActivation;
import dev.trainyard.message.Topics;
import dev.trainyard.message.WireJson;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads {@code models} whole, then follows it, and has {@link ModelUpdates} load what it says. */
public final class ModelsFollower implements Runnable, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ModelsFollower.class);
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final long RETRY_MILLIS = 1_000;

    private final Map<String, Object> kafka;
    private final ModelUpdates updates;
    private final CountDownLatch readWhole = new CountDownLatch(1);
    private volatile boolean closed;
    private volatile Consumer<byte[], byte[]> consumer;

    public ModelsFollower(Map<String, Object> kafka, ModelUpdates updates) {
        this.kafka = kafka;
        this.updates = updates;
    }

    /** Whether everything that was on the topic at the start has been read and loaded, or tried to be. */
    public boolean hasReadWhole() {
        return readWhole.getCount() == 0;
    }

    public void awaitReadWhole() throws InterruptedException {
        readWhole.await();
    }

    @Override
    public void run() {
        while (!closed) {
            try (KafkaConsumer<byte[], byte[]> opened =
                    new KafkaConsumer<>(config(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
                consumer = opened;
                follow(opened);
            } catch (WakeupException e) {
                LOG.debug("woken to stop");
            } catch (InterruptException e) {
                return;
            } catch (KafkaException e) {
                LOG.warn("cannot follow {}, trying again: {}", Topics.MODELS, e.toString());
                if (!pause()) {
                    return;
                }
            }
        }
    }

    private void follow(Consumer<byte[], byte[]> source) {
        List<TopicPartition> partitions = source.partitionsFor(Topics.MODELS).stream()
                .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                .toList();
        source.assign(partitions);
        source.seekToBeginning(partitions);
        Map<TopicPartition, Long> ends = source.endOffsets(partitions);
        boolean atEnd = false;
        while (!closed) {
            // Not before the end is reached, so that a start loads each name's last version only.
            Duration wait = atEnd ? updates.load(POLL) : POLL;
            if (atEnd) {
                readWhole.countDown();
            }
            source.poll(wait.isNegative() ? Duration.ZERO : wait).forEach(this::hear);
            atEnd = atEnd || ends.entrySet().stream().allMatch(end -> source.position(end.getKey()) >= end.getValue());
        }
    }

    private void hear(ConsumerRecord<byte[], byte[]> message) {
        try {
            if (message.key() == null) {
                throw new MalformedMessageException("a model's record has its name as key");
            }
            if (message.value() == null) {
                updates.remove(new String(message.key(), StandardCharsets.UTF_8));
                return;
            }
            ModelActivation activation = WireJson.read(message.value(), ModelActivation.class);
            requireWhole(activation);
            updates.activate(activation);
        } catch (MalformedMessageException e) {
            // Every predictor reads this topic, so none of them may claim the record for the dead letters.
            LOG.error("{} offset {} is passed over: {}", message.topic(), message.offset(), e.getMessage());
        }
    }

    private static void requireWhole(ModelActivation activation) throws MalformedMessageException {
        if (activation.name() == null
                || activation.onnx() == null
                || activation.onnx().path() == null
                || activation.onnx().sha256() == null) {
            throw new MalformedMessageException("ModelActivation without name or artifact");
        }
    }

    private Map<String, Object> config() {
        Map<String, Object> config = new HashMap<>(kafka);
        config.remove(ConsumerConfig.GROUP_ID_CONFIG);
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        config.put(ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1_000);
        config.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 10_000);
        return config;
    }

    private boolean pause() {
        try {
            Thread.sleep(RETRY_MILLIS);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Ends {@link #run} soon. */
    @Override
    public void close() {
        closed = true;
        Consumer<byte[], byte[]> open = consumer;
        if (open != null) {
            open.wakeup();
        }
    }
}
