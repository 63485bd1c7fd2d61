package dev.trainyard.gateway.prediction;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.trainyard.message.MalformedMessageException;
import dev.trainyard.message.PredictHeaders;
import dev.trainyard.message.PredictReply;
import dev.trainyard.message.Topics;
import dev.trainyard.message.WireJson;
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
import java.util.function.BiConsumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
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
public final class Predictions implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Predictions.class);
    private static final long BROKER_LIMIT_MILLIS = 1_500;
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final int RETRY_MILLIS = 500;

    private final Map<String, Object> kafka;
    private final Duration timeout;
    private final int maxPending;
    private final Timer roundTrip;
    private final Map<UUID, CompletableFuture<PredictReply>> pending = new ConcurrentHashMap<>();
    private volatile KafkaProducer<byte[], byte[]> producer;
    private volatile KafkaConsumer<byte[], byte[]> consumer;
    private volatile byte[] replyPartition;
    private volatile boolean closed;
    private volatile BiConsumer<UUID, byte[]> strangers = (id, reply) -> {};

    public Predictions(Map<String, Object> kafka, Duration timeout, int maxPending, MeterRegistry metrics) {
        this.kafka = new HashMap<>(kafka);
        this.timeout = timeout;
        this.maxPending = maxPending;
        this.roundTrip = metrics.timer("trainyard.predict.round.trip");
        metrics.gaugeMapSize("trainyard.predict.pending", List.of(), pending);
    }

    /** Why a question was not even sent. */
    public static final class NotAsked extends RuntimeException {
        NotAsked(String message) {
            super(message, null, false, false);
        }
    }

    /** Connects; returns once the end of the reply partition is known, so that no later reply is missed. */
    public void start() {
        producer = new KafkaProducer<>(producerConfig(), new ByteArraySerializer(), new ByteArraySerializer());
        producer.partitionsFor(Topics.PREDICT_REQUESTS);
        KafkaConsumer<byte[], byte[]> replies =
                new KafkaConsumer<>(consumerConfig(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
        int partitions = replies.partitionsFor(Topics.PREDICT_REPLIES).size();
        int mine = Math.floorMod(UUID.randomUUID().hashCode(), partitions);
        TopicPartition partition = new TopicPartition(Topics.PREDICT_REPLIES, mine);
        replies.assign(List.of(partition));
        replies.seek(partition, replies.endOffsets(List.of(partition)).get(partition));
        consumer = replies;
        replyPartition = String.valueOf(mine).getBytes(US_ASCII);
        Thread thread = new Thread(this::listen, "predict-replies");
        thread.setDaemon(true);
        thread.start();
    }

    /** Hears of replies that no request of this gateway waits for: those of kept predictions, and other gateways'. */
    public void hearStrangers(BiConsumer<UUID, byte[]> listener) {
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

    /** Asks with the gateway's own time limit. */
    public CompletableFuture<PredictReply> ask(byte[] png, String model) {
        return ask(new Question(png, PredictHeaders.PNG, model), timeout);
    }

    /**
     * Sends {@code question} to whichever predictor is free.
     *
     * @param limit after which nobody waits any more
     * @return fails with {@link java.util.concurrent.TimeoutException} if no reply came in time
     * @throws NotAsked if too many wait already or Kafka is not there yet
     */
    public CompletableFuture<PredictReply> ask(Question question, Duration limit) {
        if (replyPartition == null) {
            throw new NotAsked("The way to the predictors is not up yet.");
        }
        if (pending.size() >= maxPending) {
            throw new NotAsked("%d predictions are on their way already.".formatted(maxPending));
        }
        UUID id = UUID.randomUUID();
        long startedAt = System.nanoTime();
        CompletableFuture<PredictReply> reply = new CompletableFuture<>();
        pending.put(id, reply);
        reply.orTimeout(limit.toMillis(), TimeUnit.MILLISECONDS).whenComplete((answer, failure) -> {
            pending.remove(id);
            roundTrip.record(System.nanoTime() - startedAt, TimeUnit.NANOSECONDS);
        });
        producer.send(request(id, question, limit), (metadata, failure) -> {
            if (failure != null) {
                LOG.warn("a prediction could not be asked for: {}", failure.toString());
                reply.completeExceptionally(new NotAsked("Kafka does not answer."));
            }
        });
        return reply;
    }

    /** The record that asks {@code question}; its reply comes to this gateway. */
    public ProducerRecord<byte[], byte[]> request(UUID id, Question question, Duration limit) {
        ProducerRecord<byte[], byte[]> request = new ProducerRecord<>(Topics.PREDICT_REQUESTS, question.value());
        long deadline = System.currentTimeMillis() + limit.toMillis();
        request.headers()
                .add(PredictHeaders.ID, id.toString().getBytes(US_ASCII))
                .add(PredictHeaders.MODEL, question.model().getBytes(UTF_8))
                .add(PredictHeaders.CONTENT_TYPE, question.contentType().getBytes(US_ASCII))
                .add(PredictHeaders.DEADLINE, String.valueOf(deadline).getBytes(US_ASCII))
                .add(PredictHeaders.REPLY_PARTITION, replyPartition);
        return request;
    }

    private void listen() {
        try (KafkaConsumer<byte[], byte[]> replies = consumer) {
            while (!closed) {
                try {
                    replies.poll(POLL).forEach(this::deliver);
                } catch (WakeupException e) {
                    return;
                } catch (KafkaException e) {
                    LOG.warn("replies could not be fetched, trying again: {}", e.toString());
                    replies.poll(Duration.ofMillis(RETRY_MILLIS)).forEach(this::deliver);
                }
            }
        }
    }

    private void deliver(ConsumerRecord<byte[], byte[]> message) {
        Header id = message.headers().lastHeader(PredictHeaders.ID);
        if (id == null) {
            return;
        }
        UUID asked = parse(id.value());
        CompletableFuture<PredictReply> waiting = pending.get(asked);
        if (waiting == null) {
            strangers.accept(asked, message.value()); // kept, given up meanwhile, or another gateway's
            return;
        }
        try {
            waiting.complete(WireJson.read(message.value(), PredictReply.class));
        } catch (MalformedMessageException e) {
            waiting.completeExceptionally(e);
        }
    }

    private static UUID parse(byte[] id) {
        try {
            return UUID.fromString(new String(id, US_ASCII));
        } catch (IllegalArgumentException e) {
            return new UUID(0, 0); // nobody's
        }
    }

    private Map<String, Object> producerConfig() {
        Map<String, Object> config = new HashMap<>(kafka);
        config.put(ProducerConfig.ACKS_CONFIG, "1");
        config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, false);
        config.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        config.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, 6 * 1024 * 1024);
        // Nobody waits longer than the timeout, so nothing may be kept longer.
        config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 1_000);
        // A broker that is away is said within 2 s; what predictors may take is the timeout's matter.
        int brokerLimit = (int) Math.min(BROKER_LIMIT_MILLIS, timeout.toMillis());
        config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, brokerLimit);
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
        }
    }
}
