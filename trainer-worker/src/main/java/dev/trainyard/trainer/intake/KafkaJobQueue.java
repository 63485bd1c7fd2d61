package dev.trainyard.trainer.intake;

import dev.trainyard.message.DeadLetterPublisher;
import dev.trainyard.message.MalformedMessageException;
import dev.trainyard.message.NewerVersionException;
import dev.trainyard.message.StoppedPartitions;
import dev.trainyard.message.Topics;
import dev.trainyard.message.TrainJob;
import dev.trainyard.tracing.TraceParent;
import dev.trainyard.worker.GroupConsumerConfig;
import io.opentelemetry.context.Scope;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.RoundRobinAssignor;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Job queue on the topics of the pools that a worker serves. A worker is a group member only inside {@link #take}, so
 * that a partition never waits for a training. Takes the first job of its partitions.
 */
public final class KafkaJobQueue {
    private static final Logger LOG = LoggerFactory.getLogger(KafkaJobQueue.class);
    private static final Duration POLL = Duration.ofSeconds(1);
    /** Leaving is sent first; what else would be waited for is a pending fetch of an idle trainer. */
    private static final Duration LEAVE_LIMIT = Duration.ofMillis(100);
    /** Exceeds a batch of small jobs; a larger batch is fetched anyway. */
    private static final int HEAD_BYTES = 32 * 1024;

    private static final Duration HEAD_POLL = Duration.ofMillis(50);
    private static final Duration HEADS_LIMIT = Duration.ofSeconds(1);
    /**
     * A trainer that cannot read any waiting job alternates between staying in the group and leaving it to others for
     * these times.
     */
    private static final Duration STAY_IN_GROUP = Duration.ofSeconds(2);

    private static final Duration STAY_OUT_OF_GROUP = Duration.ofSeconds(2);
    /** Time without a job after which a trainer joins again with settings that cost less while it waits. */
    private static final Duration IDLE_AFTER = Duration.ofSeconds(10);

    private final Map<String, Object> kafka;
    private final List<String> topics;
    private final DeadLetterPublisher deadLetters;
    private final String worker;
    private final Predicate<TrainJob.Id> cancelled;
    private final StoppedPartitions stopped = new StoppedPartitions();
    private final CountDownLatch woken = new CountDownLatch(1);
    private @Nullable Consumer<byte[], byte[]> open;
    /** True if no job has come for a while; used by the taking thread only. */
    private boolean idle;

    /**
     * @param topics of the pools; all trainers are in one group, whose members may subscribe to different topics
     * @param worker name of this trainer, shown as its client id in the group
     * @param cancelled returns true if the job of a record that only a later release can read was cancelled
     */
    public KafkaJobQueue(
            Map<String, Object> kafka,
            List<String> topics,
            DeadLetterPublisher deadLetters,
            String worker,
            Predicate<TrainJob.Id> cancelled) {
        this.cancelled = cancelled;
        this.kafka = kafka;
        this.topics = List.copyOf(topics);
        this.deadLetters = deadLetters;
        this.worker = worker;
    }

    /** Partitions that this release cannot read any further. */
    public StoppedPartitions stopped() {
        return stopped;
    }

    /**
     * Waits for a job that {@code admission} claims. On return this worker has left the consumer group.
     *
     * @return false after {@link #wakeup}
     * @throws KafkaException if the broker is unavailable; no job was taken
     */
    public boolean take(JobAdmission admission) throws InterruptedException {
        idle = false;
        Duration pause;
        do {
            boolean wasIdle = idle;
            if (takeAsMember(admission)) {
                return true;
            }
            // woken up, idle from now on, or the waiting job is left to trainers that can read it
            pause = idle == wasIdle ? STAY_OUT_OF_GROUP : Duration.ZERO;
        } while (!woken.await(pause.toMillis(), TimeUnit.MILLISECONDS));
        return false;
    }

    private boolean takeAsMember(JobAdmission admission) throws InterruptedException {
        Consumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(config(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
        try {
            if (!opened(consumer)) {
                return false;
            }
            QueueHeads heads = new QueueHeads(consumer, stopped);
            consumer.subscribe(topics, heads);
            long joined = System.nanoTime();
            long blockedSince = joined;
            while (true) {
                read(consumer, heads, POLL);
                awaitHeads(consumer, heads);
                if (takeFirst(consumer, heads, admission)) {
                    return true;
                }
                if (!heads.isBlocked() || !heads.isEmpty()) {
                    blockedSince = System.nanoTime();
                } else if (System.nanoTime() - blockedSince >= STAY_IN_GROUP.toNanos()) {
                    return false;
                }
                if (!idle && !heads.isBlocked() && System.nanoTime() - joined >= IDLE_AFTER.toNanos()) {
                    idle = true;
                    return false;
                }
            }
        } catch (WakeupException e) {
            return false;
        } finally {
            opened(null);
            consumer.close(CloseOptions.timeout(LEAVE_LIMIT));
        }
    }

    /** Stores the first job of each polled partition; later records are fetched again when it is their turn. */
    private void read(Consumer<byte[], byte[]> consumer, QueueHeads heads, Duration wait) throws InterruptedException {
        ConsumerRecords<byte[], byte[]> polled = consumer.poll(wait);
        for (TopicPartition partition : polled.partitions()) {
            for (ConsumerRecord<byte[], byte[]> waiting : polled.records(partition)) {
                try {
                    heads.add(new QueueHeads.Head(waiting, TrainJob.read(waiting.value())));
                    break;
                } catch (NewerVersionException e) {
                    Optional<TrainJob.Id> id = TrainJob.id(waiting.key(), waiting.value());
                    if (id.isEmpty() || !cancelled.test(id.get())) {
                        heads.block(waiting, e);
                        break;
                    }
                    LOG.info(
                            "{} offset {}: job {} was cancelled and its record of a later release is skipped",
                            partition,
                            waiting.offset(),
                            id.get().key());
                    commit(consumer, waiting);
                } catch (MalformedMessageException e) {
                    LOG.error("{} offset {}: {}", partition, waiting.offset(), e.getMessage());
                    deadLetters.send(waiting, String.valueOf(e.getMessage()));
                    commit(consumer, waiting);
                }
            }
        }
    }

    /** After a job was found, reads the first job of all other partitions up to their current ends. */
    void awaitHeads(Consumer<byte[], byte[]> consumer, QueueHeads heads) throws InterruptedException {
        if (heads.isEmpty() || heads.unknown().isEmpty()) {
            return;
        }
        Map<TopicPartition, Long> ends = new HashMap<>();
        long deadline = System.nanoTime() + HEADS_LIMIT.toNanos();
        while (!heads.isEmpty() && !know(consumer, heads, ends) && System.nanoTime() < deadline) {
            read(consumer, heads, HEAD_POLL);
        }
    }

    /** @param ends end offsets of the partitions; requested from the broker if empty */
    private static boolean know(Consumer<byte[], byte[]> consumer, QueueHeads heads, Map<TopicPartition, Long> ends) {
        try {
            if (ends.isEmpty()) {
                ends.putAll(consumer.endOffsets(heads.unknown(), HEADS_LIMIT));
            }
            return heads.know(ends, HEADS_LIMIT);
        } catch (TimeoutException e) {
            // a partition with an unavailable broker must not block the jobs of others
            LOG.warn("a job is taken without knowing the waiting jobs of {}: {}", heads.unknown(), e.getMessage());
            return true;
        }
    }

    /** Returns true if the first job was claimed. */
    private static boolean takeFirst(Consumer<byte[], byte[]> consumer, QueueHeads heads, JobAdmission admission)
            throws InterruptedException {
        Optional<QueueHeads.Head> first = heads.first();
        if (first.isEmpty()) {
            return false;
        }
        ConsumerRecord<byte[], byte[]> message = first.get().message();
        Optional<? extends JobAdmission.Claim> claim;
        try (Scope sender = TraceParent.read(message.headers()).makeCurrent()) {
            claim = admission.claim(first.get().job());
        }
        if (claim.isPresent()) {
            // Claims before committing: a worker that dies in between leaves either the record or a lease.
            commitOrRelease(consumer, message, claim.get());
            return true;
        }
        commit(consumer, message);
        heads.done(message);
        return false;
    }

    private static void commitOrRelease(
            Consumer<byte[], byte[]> consumer, ConsumerRecord<byte[], byte[]> taken, JobAdmission.Claim claim) {
        try {
            commit(consumer, taken);
        } catch (KafkaException e) {
            claim.release();
            throw e;
        }
    }

    private static void commit(Consumer<byte[], byte[]> consumer, ConsumerRecord<byte[], byte[]> done) {
        consumer.commitSync(
                Map.of(new TopicPartition(done.topic(), done.partition()), new OffsetAndMetadata(done.offset() + 1)));
    }

    private Map<String, Object> config() {
        Map<String, Object> config =
                GroupConsumerConfig.of(kafka, Topics.TRAINERS_GROUP, worker, RoundRobinAssignor.class);
        // Only the first job of each partition is needed, so little is fetched, and a poll returns all of it.
        config.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, Integer.MAX_VALUE);
        config.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, HEAD_BYTES);
        // A consumer is created per job. Its JMX beans would be a significant part of the cost and are unused.
        config.put(ConsumerConfig.METRIC_REPORTER_CLASSES_CONFIG, "");
        // Partitions that this trainer gains are fetched only after the pending fetch, which takes 500 ms by default.
        config.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, idle ? 1_000 : 100);
        if (idle) {
            config.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, 1_000);
            // Also the interval at which the heartbeat thread wakes up.
            config.put(ConsumerConfig.RETRY_BACKOFF_MS_CONFIG, 1_000);
        }
        return config;
    }

    private synchronized boolean opened(@Nullable Consumer<byte[], byte[]> consumer) {
        open = consumer;
        return woken.getCount() > 0;
    }

    /** Makes the current and all later calls of {@link #take} return false. Used for shutdown. */
    public synchronized void wakeup() {
        woken.countDown();
        if (open != null) {
            open.wakeup();
        }
    }
}
