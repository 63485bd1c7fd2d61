package dev.trainyard.message;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a compacted topic whole, then follows it, as a member of no group: every process hears all of it. A partition
 * with a record that only a later release can read is not read past it, as what follows may build on it.
 */
public final class CompactedTopicReader implements Runnable, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CompactedTopicReader.class);
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final long RETRY_MILLIS = 1_000;

    /** What is done with the records. */
    public interface Listener {
        /** @throws MalformedMessageException if the record says nothing that can be followed; it is passed over */
        void onRecord(ConsumerRecord<byte[], byte[]> message) throws MalformedMessageException;

        /**
         * Called before each poll once the topic has been read whole.
         *
         * @param longest that may pass until the next call
         * @return how long the poll may wait; negative for not at all
         */
        default Duration onCaughtUp(Duration longest) {
            return longest;
        }
    }

    private final Map<String, Object> kafka;
    private final String topic;
    private final Listener listener;
    private final CountDownLatch caughtUp = new CountDownLatch(1);
    private final StoppedPartitions stopped = new StoppedPartitions();
    private volatile boolean closed;
    private volatile Consumer<byte[], byte[]> consumer;

    public CompactedTopicReader(Map<String, Object> kafka, String topic, Listener listener) {
        this.kafka = kafka;
        this.topic = topic;
        this.listener = listener;
    }

    /** Where this release can read no further. */
    public StoppedPartitions stopped() {
        return stopped;
    }

    /**
     * Whether everything that was on the topic at the start and can be read has been heard, and {@link Listener#onCaughtUp}
     * was called.
     */
    public boolean isCaughtUp() {
        return caughtUp.getCount() == 0;
    }

    public void awaitCaughtUp() throws InterruptedException {
        caughtUp.await();
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
                LOG.warn("cannot follow {}, trying again: {}", topic, e.toString());
                if (!pause()) {
                    return;
                }
            }
        }
    }

    private void follow(Consumer<byte[], byte[]> source) {
        List<TopicPartition> partitions = source.partitionsFor(topic).stream()
                .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                .toList();
        source.assign(partitions);
        stopped.clear(); // a new consumer reads from the start
        source.seekToBeginning(partitions);
        Map<TopicPartition, Long> ends = source.endOffsets(partitions);
        boolean atEnd = false;
        while (!closed) {
            Duration wait = atEnd ? listener.onCaughtUp(POLL) : POLL;
            if (atEnd) {
                caughtUp.countDown();
            }
            ConsumerRecords<byte[], byte[]> polled = source.poll(wait.isNegative() ? Duration.ZERO : wait);
            for (TopicPartition partition : polled.partitions()) {
                process(source, polled.records(partition));
            }
            atEnd = atEnd
                    || ends.entrySet().stream()
                            .allMatch(end ->
                                    source.position(end.getKey()) >= end.getValue() || stopped.contains(end.getKey()));
        }
    }

    private void process(Consumer<byte[], byte[]> source, List<ConsumerRecord<byte[], byte[]>> messages) {
        for (ConsumerRecord<byte[], byte[]> message : messages) {
            try {
                process(message);
            } catch (NewerVersionException e) {
                stopped.stop(source, message, e);
                return;
            }
        }
    }

    private void onRecord(ConsumerRecord<byte[], byte[]> message) {
        try {
            listener.onRecord(message);
        } catch (MalformedMessageException e) {
            // Every process reads this topic; the gateways, as one group, put the record on the dead letters.
            LOG.error("{} offset {} is passed over: {}", message.topic(), message.offset(), e.getMessage());
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
