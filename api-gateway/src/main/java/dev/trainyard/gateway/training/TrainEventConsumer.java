package dev.trainyard.gateway.training;

import dev.trainyard.gateway.TransientErrors;
import dev.trainyard.message.DeadLetters;
import dev.trainyard.message.MalformedMessageException;
import dev.trainyard.message.NewerVersionException;
import dev.trainyard.message.StoppedPartitions;
import dev.trainyard.message.Topics;
import dev.trainyard.message.TrainEvent;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads this gateway's {@link PartitionLease} of {@code train.events} from where the database says, applies each event and
 * writes down how far it came. What is committed at the broker is for those who look at lag from outside.
 */
public final class TrainEventConsumer implements Runnable, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TrainEventConsumer.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(1);
    private static final long RETRY_MILLIS = 500;
    private static final long RENEWAL_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Map<String, Object> kafka;
    private final TopicOffsets topicOffsets;
    private final PartitionLease lease;
    private final TrainEventApplier applier;
    private final DeadLetters deadLetters;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final CountDownLatch left = new CountDownLatch(1);
    private volatile Consumer<byte[], byte[]> open;
    private final StoppedPartitions stopped = new StoppedPartitions();
    private long renewedAt;

    public TrainEventConsumer(
            Map<String, Object> kafka,
            TopicOffsets topicOffsets,
            PartitionLease lease,
            TrainEventApplier applier,
            DeadLetters deadLetters) {
        this.kafka = kafka;
        this.topicOffsets = topicOffsets;
        this.lease = lease;
        this.applier = applier;
        this.deadLetters = deadLetters;
    }

    /** Partitions of this gateway that it reads no further. */
    public StoppedPartitions stopped() {
        return stopped;
    }

    @Override
    public void run() {
        try {
            while (stopping.getCount() > 0) {
                Consumer<byte[], byte[]> consumer =
                        new KafkaConsumer<>(config(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
                try {
                    open = consumer;
                    read(consumer);
                } catch (WakeupException e) {
                    LOG.debug("woken to stop");
                } catch (KafkaException | JdbiException e) {
                    LOG.warn("events cannot be read, trying again: {}", e.toString());
                    stopping.await(RETRY_MILLIS, TimeUnit.MILLISECONDS);
                } catch (RuntimeException e) {
                    // what nobody foresaw must not leave the events unread for good
                    LOG.error("events cannot be read, trying again", e);
                    stopping.await(RETRY_MILLIS, TimeUnit.MILLISECONDS);
                } finally {
                    consumer.close(CloseOptions.timeout(CLOSE_LIMIT));
                }
            }
            lease.releaseAll();
        } catch (InterruptedException | InterruptException e) {
            Thread.currentThread().interrupt();
        } catch (JdbiException e) {
            LOG.warn("the other gateways take the events over a little later: {}", e.toString());
        } finally {
            left.countDown();
        }
    }

    private void read(Consumer<byte[], byte[]> consumer) throws InterruptedException {
        renewedAt = System.nanoTime() - RENEWAL_NANOS;
        while (stopping.getCount() > 0) {
            if (System.nanoTime() - renewedAt >= RENEWAL_NANOS) {
                renew(consumer);
            }
            if (consumer.assignment().isEmpty()) {
                stopping.await(RETRY_MILLIS, TimeUnit.MILLISECONDS); // enough gateways without this one
                continue;
            }
            apply(consumer, consumer.poll(POLL));
        }
    }

    /** Only a reader that reaches the broker may have partitions: asking for the ends throws where it does not. */
    private void renew(Consumer<byte[], byte[]> consumer) {
        int partitions = topicOffsets.ends(Topics.TRAIN_EVENTS).size();
        Map<TopicPartition, Long> mine = lease.renew(partitions).entrySet().stream()
                .collect(Collectors.toMap(
                        entry -> new TopicPartition(Topics.TRAIN_EVENTS, entry.getKey()), Map.Entry::getValue));
        renewedAt = System.nanoTime();
        boolean same = mine.keySet().equals(consumer.assignment());
        if (same && stopped.count() == 0) {
            return;
        }
        // asked for after the positions were read: whoever had a partition before may have gone on until then
        Map<TopicPartition, Long> ends = topicOffsets.ends(Topics.TRAIN_EVENTS);
        Map<TopicPartition, Long> starts = topicOffsets.starts(Topics.TRAIN_EVENTS);
        if (same) {
            for (StoppedPartitions.Stop stop : stopped.list()) {
                TopicPartition partition = new TopicPartition(stop.topic(), stop.partition());
                if (isGone(stop.offset(), starts.get(partition), ends.get(partition))) {
                    startOver(consumer, partition, stop.offset(), starts.get(partition));
                    stopped.remove(partition);
                    consumer.resume(List.of(partition));
                }
            }
            return;
        }
        consumer.assign(mine.keySet());
        // what could not be read is met again where it is still this gateway's
        consumer.resume(consumer.paused());
        stopped.clear();
        lease.clearStopped();
        mine.forEach((partition, next) -> {
            if (isGone(next, starts.get(partition), ends.get(partition))) {
                startOver(consumer, partition, next, starts.get(partition));
            } else {
                consumer.seek(partition, next);
            }
        });
    }

    /** Whether the next record was deleted, by the topic's limits or with a topic that was made anew. */
    private static boolean isGone(long next, long start, long end) {
        return next < start || next > end;
    }

    /** What could not be read and is gone holds up nothing any more, so the partition is no longer written down as stopped. */
    private void startOver(Consumer<byte[], byte[]> consumer, TopicPartition partition, long next, long start) {
        if (next > 0) {
            LOG.warn("{} has no offset {} any more; it is read from its start, {}", partition, next, start);
        }
        consumer.seek(partition, start);
        lease.applied(partition.partition(), start);
    }

    private void apply(Consumer<byte[], byte[]> consumer, ConsumerRecords<byte[], byte[]> batch)
            throws InterruptedException {
        for (TopicPartition partition : batch.partitions()) {
            List<ConsumerRecord<byte[], byte[]>> events = batch.records(partition);
            long next = events.get(0).offset();
            NewerVersionException newer = null;
            for (ConsumerRecord<byte[], byte[]> event : events) {
                try {
                    apply(event);
                    next = event.offset() + 1;
                } catch (NewerVersionException e) {
                    newer = e;
                    stopped.stop(consumer, event, e);
                    break;
                }
            }
            if (newer != null && next == events.get(0).offset()) {
                lease.stop(partition.partition(), next, newer.getMessage());
                continue;
            }
            if (!lease.applied(partition.partition(), next)) {
                LOG.info("{} was taken over by another gateway", partition);
                renewedAt = System.nanoTime() - RENEWAL_NANOS;
            }
            consumer.commitAsync(Map.of(partition, new OffsetAndMetadata(next)), TrainEventConsumer::committed);
            if (newer != null) {
                lease.stop(partition.partition(), next, newer.getMessage());
            }
        }
    }

    private static void committed(Map<TopicPartition, OffsetAndMetadata> offsets, Exception failure) {
        if (failure != null) {
            LOG.debug("the lag that the broker tells is behind: {}", failure.toString());
        }
    }

    private void apply(ConsumerRecord<byte[], byte[]> message) throws InterruptedException {
        TrainEvent event;
        try {
            event = TrainEvent.read(message.value());
        } catch (MalformedMessageException e) {
            LOG.error("{}-{} offset {}: {}", message.topic(), message.partition(), message.offset(), e.getMessage());
            deadLetters.send(message, e.getMessage());
            return;
        }
        applyWhenPossible(event, message);
    }

    /** A database that is away delays events and loses none. */
    private void applyWhenPossible(TrainEvent event, ConsumerRecord<byte[], byte[]> message)
            throws InterruptedException {
        while (true) {
            try {
                applier.apply(event);
                return;
            } catch (NewerVersionException e) {
                throw e;
            } catch (RuntimeException e) {
                if (!TransientErrors.isTransient(e)) {
                    // one event that nobody foresaw must not stop all others
                    LOG.error("event {} of job {} cannot be applied", event.sequence(), event.key(), e);
                    deadLetters.send(message, "cannot be applied: " + e.getMessage());
                    return;
                }
                LOG.warn("event {} of job {} waits for the database: {}", event.sequence(), event.key(), e.toString());
                if (stopping.await(RETRY_MILLIS, TimeUnit.MILLISECONDS)) {
                    throw e;
                }
            }
        }
    }

    private Map<String, Object> config() {
        Map<String, Object> config = new HashMap<>(kafka);
        config.put(ConsumerConfig.GROUP_ID_CONFIG, Topics.GATEWAY_EVENTS_GROUP);
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        config.put(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, 1);
        // A batch must be in the database well before the share's lease is up.
        config.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 50);
        config.put(ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1_000);
        config.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, 2_000);
        config.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 2_000);
        return config;
    }

    /** Ends {@link #run}; returns once the other gateways may take over, or after a little while. */
    @Override
    public void close() {
        stopping.countDown();
        Consumer<byte[], byte[]> consumer = open;
        if (consumer != null) {
            consumer.wakeup();
        }
        try {
            left.await(2, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
