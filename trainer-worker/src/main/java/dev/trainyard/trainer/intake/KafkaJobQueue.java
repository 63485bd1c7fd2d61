package dev.trainyard.trainer.intake;

import dev.trainyard.message.DeadLetters;
import dev.trainyard.message.MalformedMessageException;
import dev.trainyard.message.Topics;
import dev.trainyard.message.TrainJob;
import dev.trainyard.message.WireJson;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.RoundRobinAssignor;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The queue on {@code train.jobs}. A worker is a member of the group only inside {@link #take}, so a partition never
 * waits behind a training, and the group's lag is the number of waiting jobs.
 */
public final class KafkaJobQueue implements JobQueue {
    private static final Logger LOG = LoggerFactory.getLogger(KafkaJobQueue.class);
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final Duration LEAVE_LIMIT = Duration.ofSeconds(5);

    private final Map<String, Object> kafka;
    private final DeadLetters deadLetters;
    private final String worker;
    private boolean woken;
    private Consumer<byte[], byte[]> open;

    /** @param worker this trainer's name, by which an idle one is known to those who look at the group */
    public KafkaJobQueue(Map<String, Object> kafka, DeadLetters deadLetters, String worker) {
        this.kafka = kafka;
        this.deadLetters = deadLetters;
        this.worker = worker;
    }

    @Override
    public Optional<Admission.Claim> take(Admission admission) throws InterruptedException {
        Consumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(config(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
        try {
            if (!opened(consumer)) {
                return Optional.empty();
            }
            consumer.subscribe(List.of(Topics.TRAIN_JOBS));
            while (true) {
                for (ConsumerRecord<byte[], byte[]> waiting : consumer.poll(POLL)) {
                    Optional<Admission.Claim> claim = settle(consumer, waiting, admission);
                    if (claim.isPresent()) {
                        return claim;
                    }
                }
            }
        } catch (WakeupException e) {
            return Optional.empty();
        } finally {
            opened(null);
            consumer.close(CloseOptions.timeout(LEAVE_LIMIT));
        }
    }

    private Optional<Admission.Claim> settle(
            Consumer<byte[], byte[]> consumer, ConsumerRecord<byte[], byte[]> waiting, Admission admission)
            throws InterruptedException {
        TrainJob job;
        try {
            job = WireJson.read(waiting.value(), TrainJob.class);
            requireWhole(job);
        } catch (MalformedMessageException e) {
            LOG.error("{}-{} offset {}: {}", waiting.topic(), waiting.partition(), waiting.offset(), e.getMessage());
            deadLetters.send(waiting, e.getMessage());
            commit(consumer, waiting);
            return Optional.empty();
        }
        if (admission.decide(job) instanceof Admission.Claimed claimed) {
            // The claim goes first: a worker that dies between the two leaves either the record or a lease behind.
            commitOrGiveBack(consumer, waiting, claimed.claim());
            return Optional.of(claimed.claim());
        }
        commit(consumer, waiting);
        return Optional.empty();
    }

    private static void commitOrGiveBack(
            Consumer<byte[], byte[]> consumer, ConsumerRecord<byte[], byte[]> taken, Admission.Claim claim) {
        try {
            commit(consumer, taken);
        } catch (KafkaException e) {
            claim.giveBack();
            throw e;
        }
    }

    private static void commit(Consumer<byte[], byte[]> consumer, ConsumerRecord<byte[], byte[]> done) {
        consumer.commitSync(
                Map.of(new TopicPartition(done.topic(), done.partition()), new OffsetAndMetadata(done.offset() + 1)));
    }

    private static void requireWhole(TrainJob job) throws MalformedMessageException {
        if (job.key() == null || job.attempt() < 1 || job.config() == null || job.checkpoints() == null) {
            throw new MalformedMessageException("TrainJob without key, attempt, config or checkpoints");
        }
        if (job.config().trainArgs() == null
                || job.config().network() == null
                || job.config().dataset() == null) {
            throw new MalformedMessageException("TrainJob whose config lacks dataset, network or train_args");
        }
    }

    private Map<String, Object> config() {
        Map<String, Object> config = new HashMap<>(kafka);
        config.put(ConsumerConfig.GROUP_ID_CONFIG, Topics.TRAINERS_GROUP);
        config.put(ConsumerConfig.CLIENT_ID_CONFIG, worker);
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        config.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 1);
        // one consumer a job: its JMX beans would be a good part of its cost, and nothing reads them
        config.put(ConsumerConfig.METRIC_REPORTER_CLASSES_CONFIG, "");
        // Leaving the group waits for the fetch under way, 500 ms by default, before the job that was taken starts.
        config.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 100);
        // Measured here with 40 jobs for 4 trainers: 90 ms a job; with KIP-848, whose members beat every 5 s, 400 ms.
        config.put(ConsumerConfig.GROUP_PROTOCOL_CONFIG, "classic");
        config.put(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, RoundRobinAssignor.class.getName());
        config.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, 300);
        // An idle trainer that died must not hold its partitions' jobs for long; losing membership costs nothing.
        config.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 6_000);
        config.put(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG, 60_000);
        config.put(ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1_000);
        config.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, 10_000);
        config.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 15_000);
        return config;
    }

    private synchronized boolean opened(Consumer<byte[], byte[]> consumer) {
        open = consumer;
        return !woken;
    }

    @Override
    public synchronized void wakeup() {
        woken = true;
        if (open != null) {
            open.wakeup();
        }
    }
}
