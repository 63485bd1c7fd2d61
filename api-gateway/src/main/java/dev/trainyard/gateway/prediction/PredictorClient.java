package dev.trainyard.gateway.prediction;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.trainyard.message.MalformedMessageException;
import dev.trainyard.message.NewerVersionException;
import dev.trainyard.message.PredictHeaders;
import dev.trainyard.message.PredictReply;
import dev.trainyard.message.RecordLimits;
import dev.trainyard.message.Refusal;
import dev.trainyard.message.Topics;
import dev.trainyard.message.Versioned;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.BufferExhaustedException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the predictors and hands each reply to whoever waits for it. This gateway listens on one partition of the
 * replies, drawn at start; another gateway on the same partition only makes both skip what is not theirs.
 */
public final class PredictorClient implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PredictorClient.class);
    private static final long BROKER_LIMIT_MILLIS = 1_500;
    private static final Duration POLL = Duration.ofMillis(100);
    private static final long START_LIMIT_MILLIS = 5_000;
    private static final String SILENT = "Kafka does not answer.";
    /**
     * From so many on their way on, requests wait a moment for others that then share their way through the broker: with
     * 64 clients on two cores that answers a third more of them. Fewer than that find nobody to share with.
     */
    private static final int CROWD = 16;

    private static final int CROWD_LINGER_MILLIS = 2;

    private final Map<String, Object> kafka;
    private final Duration timeout;
    private final int maxPending;
    private final Timer roundTrip;
    private final Map<UUID, CompletableFuture<PredictReply>> pending = new ConcurrentHashMap<>();
    /** Replies that nobody waits for; they take no place of the others. */
    private final Map<UUID, CompletableFuture<PredictReply>> aside = new ConcurrentHashMap<>();

    private volatile KafkaProducer<byte[], byte[]> producer;
    private volatile KafkaProducer<byte[], byte[]> crowdProducer;
    private volatile KafkaConsumer<byte[], byte[]> consumer;
    private volatile byte[] replyPartition;
    /** Whether the broker was silent for longer than it ever lets a fetch wait. */
    private volatile boolean brokerAway;

    private volatile boolean closed;
    private volatile BiConsumer<UUID, byte[]> strangers = (id, reply) -> {};

    public PredictorClient(Map<String, Object> kafka, Duration timeout, int maxPending, MeterRegistry metrics) {
        this.kafka = new HashMap<>(kafka);
        this.timeout = timeout;
        this.maxPending = maxPending;
        this.roundTrip = metrics.timer("trainyard.predict.round.trip");
        metrics.gaugeMapSize("trainyard.predict.pending", List.of(), pending);
    }

    /** Why a question was not sent, or its answer cannot come. */
    public static final class PredictorUnavailableException extends RuntimeException {
        PredictorUnavailableException(String message) {
            super(message, null, false, false);
        }
    }

    /** Connects; returns once the end of the reply partition is known, so that no later reply is missed. */
    public void start() {
        KafkaProducer<byte[], byte[]> requests =
                new KafkaProducer<>(producerConfig(0), new ByteArraySerializer(), new ByteArraySerializer());
        KafkaProducer<byte[], byte[]> crowded = new KafkaProducer<>(
                producerConfig(CROWD_LINGER_MILLIS), new ByteArraySerializer(), new ByteArraySerializer());
        KafkaConsumer<byte[], byte[]> replies =
                new KafkaConsumer<>(consumerConfig(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
        try {
            awaitPartitions(requests);
            awaitPartitions(crowded);
            int partitions = replies.partitionsFor(Topics.PREDICT_REPLIES).size();
            int mine = Math.floorMod(UUID.randomUUID().hashCode(), partitions);
            TopicPartition partition = new TopicPartition(Topics.PREDICT_REPLIES, mine);
            replies.assign(List.of(partition));
            replies.seek(partition, replies.endOffsets(List.of(partition)).get(partition));
            producer = requests;
            crowdProducer = crowded;
            consumer = replies;
            replyPartition = String.valueOf(mine).getBytes(US_ASCII);
        } catch (KafkaException e) {
            requests.close(Duration.ZERO);
            crowded.close(Duration.ZERO);
            replies.close(CloseOptions.timeout(Duration.ZERO));
            throw e;
        }
        Thread thread = new Thread(this::listen, "predict-replies");
        thread.setDaemon(true);
        thread.start();
    }

    /** The producer waits for nothing, so that no request holds up a thread that serves all; here it is waited for. */
    private static void awaitPartitions(KafkaProducer<byte[], byte[]> requests) {
        long deadline =
                System.nanoTime() + Duration.ofMillis(START_LIMIT_MILLIS).toNanos();
        while (true) {
            try {
                requests.partitionsFor(Topics.PREDICT_REQUESTS);
                return;
            } catch (TimeoutException e) {
                if (System.nanoTime() - deadline > 0) {
                    throw e;
                }
                LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
            }
        }
    }

    /** Hears of replies that no request of this gateway waits for: those of kept predictions, and other gateways'. */
    public void onUnmatchedReply(BiConsumer<UUID, byte[]> listener) {
        strangers = listener;
    }

    /** The longest that a reply is waited for. */
    public Duration timeout() {
        return timeout;
    }

    /** Whether replies can be heard. */
    public boolean isUp() {
        return replyPartition != null;
    }

    /**
     * Sends {@code question} to whichever predictor is free.
     *
     * @param limit after which nobody waits any more
     * @return fails with {@link java.util.concurrent.TimeoutException} if no reply came in time, or with
     *     {@link PredictorUnavailableException} if the broker is away
     * @throws PredictorUnavailableException if too many wait already or the broker is known to be away
     */
    public CompletableFuture<PredictReply> predict(PredictionRequest question, Duration limit) {
        if (pending.size() >= maxPending) {
            throw new PredictorUnavailableException("%d predictions are on their way already.".formatted(maxPending));
        }
        long startedAt = System.nanoTime();
        CompletableFuture<PredictReply> reply = send(pending, question, limit);
        reply.whenComplete((answer, failure) -> roundTrip.record(System.nanoTime() - startedAt, TimeUnit.NANOSECONDS));
        return reply;
    }

    /** As {@link #ask}, for nobody who waits: predictors answer it after the rest. The caller bounds how many there are. */
    CompletableFuture<PredictReply> predictLowPriority(PredictionRequest question) {
        return send(aside, question, timeout);
    }

    private CompletableFuture<PredictReply> send(
            Map<UUID, CompletableFuture<PredictReply>> waiting, PredictionRequest question, Duration limit) {
        if (replyPartition == null) {
            throw new PredictorUnavailableException("The way to the predictors is not up yet.");
        }
        if (brokerAway) {
            throw new PredictorUnavailableException(SILENT);
        }
        UUID id = UUID.randomUUID();
        CompletableFuture<PredictReply> reply = new CompletableFuture<>();
        waiting.put(id, reply);
        reply.orTimeout(limit.toMillis(), TimeUnit.MILLISECONDS).whenComplete((answer, failure) -> waiting.remove(id));
        ProducerRecord<byte[], byte[]> request = request(id, question, limit);
        if (waiting == aside) {
            request.headers().add(PredictHeaders.ASIDE, new byte[0]);
        }
        KafkaProducer<byte[], byte[]> way = pending.size() < CROWD ? producer : crowdProducer;
        way.send(request, (metadata, failure) -> {
            if (failure != null) {
                LOG.warn("a prediction could not be asked for: {}", failure.toString());
                reply.completeExceptionally(new PredictorUnavailableException(notSent(failure)));
            }
        });
        return reply;
    }

    private static String notSent(Exception failure) {
        if (failure instanceof BufferExhaustedException) {
            return "Too many pictures are on their way.";
        }
        return Refusal.isOfRecord(failure) ? "Kafka refuses the request: " + Refusal.reason(failure) : SILENT;
    }

    /** The record that asks {@code question}; its reply comes to this gateway. */
    public ProducerRecord<byte[], byte[]> request(UUID id, PredictionRequest question, Duration limit) {
        ProducerRecord<byte[], byte[]> request =
                new ProducerRecord<>(Topics.PREDICT_REQUESTS, question.payload().value());
        long deadline = System.currentTimeMillis() + limit.toMillis();
        request.headers()
                .add(PredictHeaders.V, String.valueOf(Versioned.CURRENT).getBytes(US_ASCII))
                .add(PredictHeaders.ID, id.toString().getBytes(US_ASCII))
                .add(PredictHeaders.MODEL, question.model().getBytes(UTF_8))
                .add(
                        PredictHeaders.CONTENT_TYPE,
                        question.payload().contentType().getBytes(US_ASCII))
                .add(PredictHeaders.DEADLINE, String.valueOf(deadline).getBytes(US_ASCII))
                .add(PredictHeaders.REPLY_PARTITION, replyPartition)
                .add(PredictHeaders.WANT, question.payload().want().wireName().getBytes(US_ASCII));
        if (question.version() != null) {
            request.headers()
                    .add(
                            PredictHeaders.VERSION,
                            String.valueOf(question.version()).getBytes(US_ASCII));
        }
        return request;
    }

    private void listen() {
        try (KafkaConsumer<byte[], byte[]> replies = consumer) {
            Metric bytes = bytesHeard(replies);
            Object before = null;
            long heardAt = System.nanoTime();
            while (!closed) {
                try {
                    replies.poll(POLL).forEach(this::deliver);
                } catch (WakeupException e) {
                    return;
                } catch (KafkaException e) {
                    LOG.warn("replies could not be fetched, trying again: {}", e.toString());
                    LockSupport.parkNanos(POLL.toNanos());
                }
                Object now = bytes.metricValue();
                if (!now.equals(before)) {
                    heardAt = System.nanoTime();
                    before = now;
                }
                brokerAway = System.nanoTime() - heardAt
                        > Duration.ofMillis(BROKER_LIMIT_MILLIS).toNanos();
                if (brokerAway) {
                    pending.values().forEach(reply -> reply.completeExceptionally(new PredictorUnavailableException(SILENT)));
                    aside.values().forEach(reply -> reply.completeExceptionally(new PredictorUnavailableException(SILENT)));
                }
            }
        }
    }

    /** Rises at least every {@code fetch.max.wait.ms}, half a second, while the broker lives. */
    private static Metric bytesHeard(KafkaConsumer<byte[], byte[]> replies) {
        return replies.metrics().entrySet().stream()
                .filter(metric -> metric.getKey().name().equals("incoming-byte-total")
                        && metric.getKey().group().equals("consumer-metrics"))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("Kafka's consumer no longer counts what it hears"));
    }

    private void deliver(ConsumerRecord<byte[], byte[]> message) {
        Header id = message.headers().lastHeader(PredictHeaders.ID);
        if (id == null) {
            return;
        }
        UUID asked = parse(id.value());
        CompletableFuture<PredictReply> waiting = waiting(asked);
        if (waiting == null) {
            strangers.accept(asked, message.value()); // kept, given up meanwhile, or another gateway's
            return;
        }
        try {
            waiting.complete(PredictReply.read(message.value()));
        } catch (MalformedMessageException e) {
            waiting.completeExceptionally(new PredictorUnavailableException("A predictor's answer cannot be read."));
        } catch (NewerVersionException e) {
            LOG.error("an answer cannot be read, upgrade this gateway: {}", e.getMessage());
            waiting.completeExceptionally(new PredictorUnavailableException("A predictor of a later release than this gateway answered."));
        }
    }

    private CompletableFuture<PredictReply> waiting(UUID id) {
        CompletableFuture<PredictReply> reply = pending.get(id);
        return reply == null ? aside.get(id) : reply;
    }

    private static UUID parse(byte[] id) {
        try {
            return UUID.fromString(new String(id, US_ASCII));
        } catch (IllegalArgumentException e) {
            return new UUID(0, 0); // nobody's
        }
    }

    private Map<String, Object> producerConfig(int lingerMillis) {
        Map<String, Object> config = RecordLimits.producer(kafka);
        config.put(ProducerConfig.ACKS_CONFIG, "1");
        config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, false);
        config.put(ProducerConfig.LINGER_MS_CONFIG, lingerMillis);
        // Called by threads that serve every client, so it must not wait: neither for room nor for metadata.
        config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 0);
        config.put(
                ProducerConfig.METADATA_MAX_IDLE_CONFIG, Duration.ofDays(3_650).toMillis());
        // Nobody waits longer than the timeout, so nothing may be kept longer.
        // A broker that is away is said within 2 s; what predictors may take is the timeout's matter.
        int brokerLimit = (int) Math.min(BROKER_LIMIT_MILLIS, timeout.toMillis());
        config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, brokerLimit - lingerMillis);
        config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, brokerLimit);
        config.put(ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1_000);
        return config;
    }

    private Map<String, Object> consumerConfig() {
        Map<String, Object> config = new HashMap<>(kafka);
        config.put(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, 1);
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "latest");
        config.put(ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1_000);
        return config;
    }

    @Override
    public void close() {
        closed = true;
        if (consumer != null) {
            consumer.wakeup();
        }
        if (producer != null) {
            producer.close(Duration.ofSeconds(2));
            crowdProducer.close(Duration.ofSeconds(2));
        }
    }
}
