package dev.trainyard.trainer.control;

import dev.trainyard.message.MalformedMessageException;
import dev.trainyard.message.Topics;
import dev.trainyard.message.TrainControl;
import dev.trainyard.message.WireJson;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
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

/** Reads {@code train.control} whole, then follows it, and keeps a {@link ControlBoard} up to date. */
public final class ControlFollower implements Runnable, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ControlFollower.class);
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final long RETRY_MILLIS = 1_000;

    private final Map<String, Object> kafka;
    private final ControlBoard board;
    private final CountDownLatch readWhole = new CountDownLatch(1);
    private volatile boolean closed;
    private volatile Consumer<byte[], byte[]> consumer;

    public ControlFollower(Map<String, Object> kafka, ControlBoard board) {
        this.kafka = kafka;
        this.board = board;
    }

    /** Whether everything that was on the topic at the start has been read. */
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
                LOG.warn("cannot follow {}, trying again: {}", Topics.TRAIN_CONTROL, e.toString());
                if (!pause()) {
                    return;
                }
            }
        }
    }

    private void follow(Consumer<byte[], byte[]> source) {
        List<TopicPartition> partitions = source.partitionsFor(Topics.TRAIN_CONTROL).stream()
                .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                .toList();
        source.assign(partitions);
        source.seekToBeginning(partitions);
        Map<TopicPartition, Long> ends = source.endOffsets(partitions);
        while (!closed) {
            source.poll(POLL).forEach(this::apply);
            if (!hasReadWhole()
                    && ends.entrySet().stream().allMatch(end -> source.position(end.getKey()) >= end.getValue())) {
                readWhole.countDown();
            }
        }
    }

    private void apply(ConsumerRecord<byte[], byte[]> message) {
        try {
            if (message.value() == null) {
                board.forget(UUID.fromString(new String(message.key(), StandardCharsets.UTF_8)));
            } else {
                board.apply(WireJson.read(message.value(), TrainControl.class));
            }
        } catch (MalformedMessageException | RuntimeException e) {
            // Every trainer reads this topic, so none of them may claim the record for the dead letters.
            LOG.error(
                    "{} offset {} is no order and is passed over: {}", message.topic(), message.offset(), e.toString());
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
