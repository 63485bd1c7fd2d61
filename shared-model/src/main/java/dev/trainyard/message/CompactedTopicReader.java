package dev.trainyard.message;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.consumer.CloseOptions;
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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a compacted topic from the start and follows it without a consumer group, so that every process receives all
 * records. A partition is not read past a record that only a later release can read, because later records may depend
 * on it.
 */
public final class CompactedTopicReader implements Runnable, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CompactedTopicReader.class);
    /** Records end a poll and a fetch at once; without records they only cost processor time. */
    private static final Duration POLL = Duration.ofSeconds(15);
    /** Limit for a pending fetch. */
    private static final Duration CLOSE_LIMIT = Duration.ofMillis(100);

    private static final Duration RETRY = Duration.ofSeconds(1);

    /** Receives the records. */
    public interface Listener {
        /** @throws MalformedMessageException if the record is unusable; it is skipped */
        void onRecord(ConsumerRecord<byte[], byte[]> message) throws MalformedMessageException;

        /**
         * Called before each poll after the end of the topic was reached.
         *
         * @param longest maximum time until the next call
         * @return maximum wait of the poll; negative for none
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
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile @Nullable Consumer<byte[], byte[]> consumer;

    public CompactedTopicReader(Map<String, Object> kafka, String topic, Listener listener) {
        this.kafka = kafka;
        this.topic = topic;
        this.listener = listener;
    }

    public String topic() {
        return topic;
    }

    /** Partitions that this release cannot read any further. */
    public StoppedPartitions stopped() {
        return stopped;
    }

    /**
     * Returns true if all readable records present at the start were processed and {@link Listener#onCaughtUp} was
     * called.
     */
    public boolean isCaughtUp() {
        return caughtUp.getCount() == 0;
    }

    public void awaitCaughtUp() throws InterruptedException {
        caughtUp.await();
    }

    @Override
    public void run() {
        RetryDelay retry = new RetryDelay(RETRY, RETRY);
        while (!isClosed()) {
            try {
                readFromStart();
            } catch (WakeupException e) {
                LOG.debug("woken to stop");
            } catch (InterruptException e) {
                return;
            } catch (KafkaException e) {
                LOG.warn("cannot follow {}, trying again: {}", topic, e.toString());
                try {
                    retry.await(closed);
                } catch (InterruptedException interrupt) {
                    Thread.currentThread().interrupt();
                    return;
                }
            }
        }
    }

    private boolean isClosed() {
        return closed.getCount() == 0;
    }

    private void readFromStart() {
        Consumer<byte[], byte[]> opened =
                new KafkaConsumer<>(config(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
        try {
            consumer = opened;
            follow(opened);
        } finally {
            opened.close(CloseOptions.timeout(CLOSE_LIMIT));
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
        while (!isClosed()) {
            atEnd = atEnd
                    || ends.entrySet().stream()
                            .allMatch(end ->
                                    source.position(end.getKey()) >= end.getValue() || stopped.contains(end.getKey()));
            Duration wait = atEnd ? listener.onCaughtUp(POLL) : POLL;
            if (atEnd) {
                caughtUp.countDown();
            }
            ConsumerRecords<byte[], byte[]> polled = source.poll(wait.isNegative() ? Duration.ZERO : wait);
            for (TopicPartition partition : polled.partitions()) {
                process(source, polled.records(partition));
            }
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

    private void process(ConsumerRecord<byte[], byte[]> message) {
        try {
            listener.onRecord(message);
        } catch (MalformedMessageException e) {
            // Every process reads this topic; only the gateways' consumer group publishes the dead letter.
            LOG.error("{} offset {} is skipped: {}", message.topic(), message.offset(), e.getMessage());
        }
    }

    private Map<String, Object> config() {
        Map<String, Object> config = new HashMap<>(kafka);
        config.remove(ConsumerConfig.GROUP_ID_CONFIG);
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        config.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, (int) POLL.toMillis());
        config.put(ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1_000);
        config.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 10_000);
        return config;
    }

    /** Makes {@link #run} return soon. */
    @Override
    public void close() {
        closed.countDown();
        Consumer<byte[], byte[]> open = consumer;
        if (open != null) {
            open.wakeup();
        }
    }
}
