package dev.trainyard.gateway.jobs;

import dev.trainyard.gateway.runtime.BrokerSilence;
import dev.trainyard.gateway.runtime.TransientErrors;
import dev.trainyard.message.DeadLetterPublisher;
import dev.trainyard.message.MalformedMessageException;
import dev.trainyard.message.NewerVersionException;
import dev.trainyard.message.StoppedPartitions;
import dev.trainyard.message.Topics;
import dev.trainyard.message.TrainEvent;
import dev.trainyard.tracing.BatchSpan;
import dev.trainyard.tracing.LogFields;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.TracerProvider;
import io.opentelemetry.context.Scope;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Consumes this gateway's partitions of {@code train.events} (see {@link PartitionLease}) from the offsets in the
 * database and applies each event. Offsets committed at the broker serve external lag monitoring only.
 */
@Singleton
public final class TrainEventConsumer implements Runnable, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TrainEventConsumer.class);
    /** Limit for a pending fetch. */
    private static final Duration CLOSE_LIMIT = Duration.ofMillis(100);
    /** Events end a fetch at once; without events it only costs processor time. */
    private static final int FETCH_WAIT_MILLIS = 1_500;
    /** Time without an answer to a fetch after which the broker is asked before leases are renewed. */
    private static final Duration SILENCE_LIMIT = Duration.ofMillis(FETCH_WAIT_MILLIS + 500);

    private static final int REQUEST_LIMIT_MILLIS = 4_000;
    private static final long RETRY_MILLIS = 500;
    private static final long RENEWAL_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Map<String, Object> kafka;
    private final TopicOffsets topicOffsets;
    private final PartitionLease lease;
    private final TrainEventApplier applier;
    private final DeadLetterPublisher deadLetters;
    private final Tracer tracer;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);
    private volatile @Nullable Consumer<byte[], byte[]> open;
    private final StoppedPartitions stopped = new StoppedPartitions();
    private long renewedAt;
    /** Id of the topic that is being read; null before the first partitions are assigned. */
    private @Nullable UUID topicId;

    @Inject
    TrainEventConsumer(
            @Identifier("default-kafka-broker") Map<String, Object> kafka,
            TopicOffsets topicOffsets,
            PartitionLease lease,
            TrainEventApplier applier,
            DeadLetterPublisher deadLetters,
            Tracer tracer) {
        this.tracer = tracer;
        this.kafka = kafka;
        this.topicOffsets = topicOffsets;
        this.lease = lease;
        this.applier = applier;
        this.deadLetters = deadLetters;
    }

    /** A consumer that traces nothing. */
    public TrainEventConsumer(
            Map<String, Object> kafka,
            TopicOffsets topicOffsets,
            PartitionLease lease,
            TrainEventApplier applier,
            DeadLetterPublisher deadLetters) {
        this(
                kafka,
                topicOffsets,
                lease,
                applier,
                deadLetters,
                TracerProvider.noop().get(""));
    }

    /** Partitions at which this gateway stopped at a record of a later release. */
    public StoppedPartitions stopped() {
        return stopped;
    }

    @Override
    public void run() {
        try {
            while (stopping.getCount() > 0) {
                MetadataWatch metadata = new MetadataWatch();
                Consumer<byte[], byte[]> consumer =
                        new KafkaConsumer<>(config(), metadata, new ByteArrayDeserializer());
                try {
                    open = consumer;
                    read(consumer, metadata);
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

    private void read(Consumer<byte[], byte[]> consumer, MetadataWatch metadata) throws InterruptedException {
        renewedAt = System.nanoTime() - RENEWAL_NANOS;
        BrokerSilence silence = new BrokerSilence(consumer);
        while (stopping.getCount() > 0) {
            if (untilRenewal().isZero() && !renew(consumer, silence)) {
                return;
            }
            if (consumer.assignment().isEmpty()) {
                stopping.await(RETRY_MILLIS, TimeUnit.MILLISECONDS); // more gateways than partitions
                continue;
            }
            ConsumerRecords<byte[], byte[]> batch = consumer.poll(untilRenewal());
            if (metadata.wasUpdated() && isRecreated()) {
                return; // these records are those at the offsets of the topic before
            }
            trace(consumer, batch);
        }
    }

    /** A topic that is deleted and created again has the same name and other records at the same offsets. */
    private boolean isRecreated() {
        topicOffsets.forget(Topics.TRAIN_EVENTS);
        boolean recreated =
                !Objects.equals(topicOffsets.topic(Topics.TRAIN_EVENTS).id(), topicId);
        if (recreated) {
            LOG.warn("{} was created again; its events are read from the start", Topics.TRAIN_EVENTS);
        }
        return recreated;
    }

    private Duration untilRenewal() {
        return Duration.ofNanos(Math.max(0, renewedAt + RENEWAL_NANOS - System.nanoTime()));
    }

    /**
     * Throws if the broker is unreachable, because such a reader must not hold partitions.
     *
     * @return false if other partitions are to be read, which needs a new consumer: this one would fetch them only
     *     after its pending fetch
     */
    private boolean renew(Consumer<byte[], byte[]> consumer, BrokerSilence silence) {
        boolean answers = silence.length().compareTo(SILENCE_LIMIT) < 0
                && !consumer.assignment().isEmpty();
        if (!answers) {
            topicOffsets.ends(Topics.TRAIN_EVENTS);
        }
        TopicOffsets.Topic topic = topicOffsets.topic(Topics.TRAIN_EVENTS);
        Map<TopicPartition, Long> mine = lease.renew(topic).entrySet().stream()
                .collect(Collectors.toMap(
                        entry -> new TopicPartition(Topics.TRAIN_EVENTS, entry.getKey()), Map.Entry::getValue));
        renewedAt = System.nanoTime();
        boolean same = mine.keySet().equals(consumer.assignment()) && Objects.equals(topic.id(), topicId);
        if (same && stopped.count() == 0) {
            return true;
        }
        if (!same && !consumer.assignment().isEmpty()) {
            return false;
        }
        // read after the lease was renewed, because the previous reader may have continued until then
        Map<TopicPartition, Long> ends = topicOffsets.ends(Topics.TRAIN_EVENTS);
        Map<TopicPartition, Long> starts = topicOffsets.starts(Topics.TRAIN_EVENTS);
        if (same) {
            for (StoppedPartitions.Stop stop : stopped.list()) {
                TopicPartition partition = new TopicPartition(stop.topic(), stop.partition());
                if (isGone(stop.offset(), known(starts, partition), known(ends, partition))) {
                    startOver(consumer, partition, stop.offset(), known(starts, partition));
                    stopped.remove(partition);
                    consumer.resume(List.of(partition));
                }
            }
            return true;
        }
        consumer.assign(mine.keySet());
        topicId = topic.id();
        stopped.clear(); // records that could not be read are tried again
        lease.clearStopped();
        mine.forEach((partition, next) -> {
            if (isGone(next, known(starts, partition), known(ends, partition))) {
                startOver(consumer, partition, next, known(starts, partition));
            } else {
                consumer.seek(partition, next);
            }
        });
        return true;
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

    /** Applies a batch in a span that is linked to the attempts that sent it, if any of these is traced. */
    private void trace(Consumer<byte[], byte[]> consumer, ConsumerRecords<byte[], byte[]> batch)
            throws InterruptedException {
        Span span = BatchSpan.start(tracer, Topics.TRAIN_EVENTS, batch);
        try (Scope scope = span.makeCurrent()) {
            apply(consumer, batch);
        } finally {
            span.end();
        }
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

    private static long known(Map<TopicPartition, Long> offsets, TopicPartition partition) {
        return Objects.requireNonNull(offsets.get(partition));
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
            deadLetters.send(message, String.valueOf(e.getMessage()));
            return;
        }
        try (MDC.MDCCloseable job = MDC.putCloseable(LogFields.JOB, event.key().toString())) {
            applyWhenPossible(event, message);
        }
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
                LOG.warn(
                        "Event {} of job {} waits for the database or the artifact store: {}",
                        event.sequence(),
                        event.key(),
                        e.toString());
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
        config.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, FETCH_WAIT_MILLIS);
        config.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_LIMIT_MILLIS);
        config.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, REQUEST_LIMIT_MILLIS);
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
