package dev.trainyard.gateway.jobs;

import dev.trainyard.gateway.runtime.TransientErrors;
import dev.trainyard.message.DeadLetterPublisher;
import dev.trainyard.message.MalformedMessageException;
import dev.trainyard.message.NewerVersionException;
import dev.trainyard.message.StoppedPartitions;
import dev.trainyard.message.Topics;
import dev.trainyard.message.TrainEvent;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Singleton;
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
 * Consumes this gateway's partitions of {@code train.events} (see {@link PartitionLease}) from the offsets in the
 * database and applies each event. Offsets committed at the broker serve external lag monitoring only.
 */
@Singleton
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
    private final DeadLetterPublisher deadLetters;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);
    private volatile Consumer<byte[], byte[]> open;
    private final StoppedPartitions stopped = new StoppedPartitions();
    private long renewedAt;

    public TrainEventConsumer(
            @Identifier("default-kafka-broker") Map<String, Object> kafka,
            TopicOffsets topicOffsets,
            PartitionLease lease,
            TrainEventApplier applier,
            DeadLetterPublisher deadLetters) {
        this.kafka = kafka;
        this.topicOffsets = topicOffsets;
        this.lease = lease;
        this.applier = applier;
        this.deadLetters = deadLetters;
    }

    /** Partitions at which this gateway stopped at a record of a later release. */
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
                    LOG.debug("Stopping");
                } catch (KafkaException | JdbiException e) {
                    LOG.warn("Events cannot be read, retrying: {}", e.toString());
                    stopping.await(RETRY_MILLIS, TimeUnit.MILLISECONDS);
                } catch (RuntimeException e) {
                    // an unexpected error must not end the consumption of events
                    LOG.error("Events cannot be read, retrying", e);
                    stopping.await(RETRY_MILLIS, TimeUnit.MILLISECONDS);
                } finally {
                    consumer.close(CloseOptions.timeout(CLOSE_LIMIT));
                }
            }
            lease.releaseAll();
        } catch (InterruptedException | InterruptException e) {
            Thread.currentThread().interrupt();
        } catch (JdbiException e) {
            LOG.warn("Partitions were not released; other gateways take them over after the lease: {}", e.toString());
        } finally {
            released.countDown();
        }
    }

    private void read(Consumer<byte[], byte[]> consumer) throws InterruptedException {
        renewedAt = System.nanoTime() - RENEWAL_NANOS;
        while (stopping.getCount() > 0) {
            if (System.nanoTime() - renewedAt >= RENEWAL_NANOS) {
                renew(consumer);
            }
            if (consumer.assignment().isEmpty()) {
                stopping.await(RETRY_MILLIS, TimeUnit.MILLISECONDS); // more gateways than partitions
                continue;
            }
            apply(consumer, consumer.poll(POLL));
        }
    }

    /**
     * Reads the end offsets first, which throws if the broker is unreachable: such a reader must not hold partitions.
     */
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
        // read after the lease was renewed, because the previous reader may have continued until then
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
        // retry records that could not be read
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

    /** Returns true if the next record was deleted by retention, or the topic was recreated. */
    private static boolean isGone(long next, long start, long end) {
        return next < start || next > end;
    }

    /** Continues at the start of the partition and clears its stopped state. */
    private void startOver(Consumer<byte[], byte[]> consumer, TopicPartition partition, long next, long start) {
        if (next > 0) {
            LOG.warn("Offset {} of {} no longer exists; reading continues at {}", next, partition, start);
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
            LOG.debug("The offset was not committed, so the broker reports a larger lag: {}", failure.toString());
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

    /** Retries while the database is unavailable, so that no event is lost. */
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
                    // an unexpected error must not block the other events
                    LOG.error("Event {} of job {} cannot be applied", event.sequence(), event.key(), e);
                    deadLetters.send(message, "cannot be applied: " + e.getMessage());
                    return;
                }
                LOG.warn("Event {} of job {} waits for the database: {}", event.sequence(), event.key(), e.toString());
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
        // a batch must be stored well before the lease expires
        config.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 50);
        config.put(ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1_000);
        config.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, 2_000);
        config.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 2_000);
        return config;
    }

    /** Ends {@link #run}; returns once the partitions are released, after 2 s at most. */
    @Override
    public void close() {
        stopping.countDown();
        Consumer<byte[], byte[]> consumer = open;
        if (consumer != null) {
            consumer.wakeup();
        }
        try {
            released.await(2, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
