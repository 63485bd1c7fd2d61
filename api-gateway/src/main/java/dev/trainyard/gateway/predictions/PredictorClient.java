package dev.trainyard.gateway.predictions;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.trainyard.gateway.drift.DriftCounter;
import dev.trainyard.gateway.runtime.BrokerSilence;
import dev.trainyard.gateway.runtime.GatewaySettings;
import dev.trainyard.kafka.QuickFailover;
import dev.trainyard.message.MalformedMessageException;
import dev.trainyard.message.NewerVersionException;
import dev.trainyard.message.PredictHeaders;
import dev.trainyard.message.PredictReply;
import dev.trainyard.message.RecordSizeLimits;
import dev.trainyard.message.SendErrors;
import dev.trainyard.message.Topics;
import dev.trainyard.message.Versioned;
import dev.trainyard.tracing.MessagingAttributes;
import dev.trainyard.tracing.SendSpan;
import dev.trainyard.tracing.TraceParent;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.TracerProvider;
import io.opentelemetry.context.Context;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.BufferExhaustedException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends requests to the predictors over Kafka and completes each with its reply. A gateway reads one partition of the
 * replies, chosen at random when it starts. Gateways that share a partition ignore each other's replies.
 */
@Singleton
public final class PredictorClient implements Runnable, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PredictorClient.class);
    private static final long BROKER_LIMIT_MILLIS = 1_500;
    /** Replies end a fetch at once; the answers to fetches without replies show that the broker is available. */
    private static final Duration FETCH_WAIT = Duration.ofMillis(800);
    /** Allows an answer to be late on a busy machine. */
    private static final Duration SILENCE_LIMIT = FETCH_WAIT.plusMillis(900);
    /** Also the delay after which an unavailable broker is noticed. */
    private static final Duration POLL = Duration.ofMillis(250);
    /** While nothing is pending; sending the next request also shows that the broker is unavailable. */
    private static final Duration IDLE_POLL = FETCH_WAIT;

    private static final long START_LIMIT_MILLIS = 5_000;
    /** Longer than {@link #FETCH_WAIT}, by more than an answer may be late. */
    private static final int FETCH_LIMIT_MILLIS = 2_500;

    private static final int UNAVAILABLE_AFTER_MILLIS = 500;
    private static final String BROKER_UNAVAILABLE = "Kafka does not answer.";
    /**
     * Number of pending requests from which the producer lingers, so that requests share a batch. With 64 clients on
     * two cores the throughput is a third higher; with few pending requests lingering would only add latency.
     */
    private static final int LINGER_THRESHOLD = 16;

    private static final int LINGER_MILLIS = 2;
    private static final String REQUESTS = "trainyard.predict.requests";
    private static final String OUTCOME = "outcome";
    /** Upper ends of the ranges in which the metric counts round trips, for percentiles. */
    private static final Duration[] ROUND_TRIPS = LongStream.of(2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000)
            .mapToObj(Duration::ofMillis)
            .toArray(Duration[]::new);

    private final Map<String, Object> kafka;
    private final Duration timeout;
    private final int maxPending;
    private final Timer roundTrip;
    private final Counter replied;
    private final Counter timedOut;
    private final Counter notSent;
    private final Tracer tracer;
    private final PendingReplies pending = new PendingReplies();
    /** Pending low-priority requests; they do not count towards {@link #maxPending}. */
    private final PendingReplies lowPriority = new PendingReplies();

    private volatile @Nullable KafkaProducer<byte[], byte[]> producer;
    private volatile @Nullable KafkaProducer<byte[], byte[]> lingeringProducer;
    private volatile @Nullable KafkaConsumer<byte[], byte[]> consumer;
    private volatile byte @Nullable [] replyPartition;
    /** True while the broker has sent nothing for longer than the longest fetch takes. */
    private volatile boolean brokerUnavailable;

    private volatile boolean closed;
    private volatile BiConsumer<UUID, byte[]> unmatchedReplies = (id, reply) -> {};
    private final Consumer<PredictReply> counter;

    @Inject
    PredictorClient(
            @Identifier("default-kafka-broker") Map<String, Object> kafka,
            GatewaySettings settings,
            DriftCounter drift,
            MeterRegistry metrics,
            Tracer tracer) {
        this(kafka, settings.predict().timeout(), settings.predict().maxPending(), drift::count, metrics, tracer);
    }

    /** A client that traces and counts nothing. */
    public PredictorClient(Map<String, Object> kafka, Duration timeout, int maxPending, MeterRegistry metrics) {
        this(
                kafka,
                timeout,
                maxPending,
                reply -> {},
                metrics,
                TracerProvider.noop().get(""));
    }

    /** @param counter is called with each reply to a pending request, on the receiving thread */
    public PredictorClient(
            Map<String, Object> kafka,
            Duration timeout,
            int maxPending,
            Consumer<PredictReply> counter,
            MeterRegistry metrics,
            Tracer tracer) {
        this.counter = counter;
        this.tracer = tracer;
        this.kafka = new HashMap<>(kafka);
        this.timeout = timeout;
        this.maxPending = maxPending;
        this.roundTrip = Timer.builder("trainyard.predict.round.trip")
                .serviceLevelObjectives(ROUND_TRIPS)
                .register(metrics);
        this.replied = metrics.counter(REQUESTS, OUTCOME, "replied");
        this.timedOut = metrics.counter(REQUESTS, OUTCOME, "timeout");
        this.notSent = metrics.counter(REQUESTS, OUTCOME, "unavailable");
        metrics.gauge("trainyard.predict.pending", pending, PendingReplies::size);
    }

    /** The request was not sent, or its reply cannot arrive. */
    public static final class PredictorUnavailableException extends RuntimeException {
        PredictorUnavailableException(String message) {
            super(message, null, false, false);
        }
    }

    /** Connects; returns when the end offset of the reply partition is known, so that no later reply is missed. */
    public void start() {
        KafkaProducer<byte[], byte[]> requests =
                new KafkaProducer<>(producerConfig(0), new ByteArraySerializer(), new ByteArraySerializer());
        KafkaProducer<byte[], byte[]> lingering = new KafkaProducer<>(
                producerConfig(LINGER_MILLIS), new ByteArraySerializer(), new ByteArraySerializer());
        KafkaConsumer<byte[], byte[]> replies =
                new KafkaConsumer<>(consumerConfig(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
        try {
            awaitPartitions(requests);
            awaitPartitions(lingering);
            int partitions = replies.partitionsFor(Topics.PREDICT_REPLIES).size();
            int partitionNumber = Math.floorMod(UUID.randomUUID().hashCode(), partitions);
            TopicPartition partition = new TopicPartition(Topics.PREDICT_REPLIES, partitionNumber);
            replies.assign(List.of(partition));
            replies.seek(
                    partition,
                    Objects.requireNonNull(
                            replies.endOffsets(List.of(partition)).get(partition)));
            producer = requests;
            lingeringProducer = lingering;
            consumer = replies;
            replyPartition = String.valueOf(partitionNumber).getBytes(US_ASCII);
        } catch (KafkaException e) {
            requests.close(Duration.ZERO);
            lingering.close(Duration.ZERO);
            replies.close(CloseOptions.timeout(Duration.ZERO));
            throw e;
        }
    }

    /** Waits for the topic's metadata here, because the producer is configured never to block a request. */
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

    /** Sets the listener for replies without a pending request: of asynchronous predictions and of other gateways. */
    public void onUnmatchedReply(BiConsumer<UUID, byte[]> listener) {
        unmatchedReplies = listener;
    }

    /** Longest wait for a reply. */
    public Duration timeout() {
        return timeout;
    }

    /** Returns true once replies can be received. */
    public boolean isUp() {
        return replyPartition != null;
    }

    /**
     * Sends {@code request} to any predictor.
     *
     * @return fails with {@link java.util.concurrent.TimeoutException} if no reply came in time, or with
     *     {@link PredictorUnavailableException} if the broker is unavailable
     * @throws PredictorUnavailableException if too many requests are pending or the broker is known to be unavailable
     */
    public CompletableFuture<PredictReply> predict(PredictionRequest request, Duration timeout) {
        if (pending.size() >= maxPending) {
            throw new PredictorUnavailableException("%d predictions are pending.".formatted(maxPending));
        }
        long startedAt = System.nanoTime();
        CompletableFuture<PredictReply> reply = send(pending, request, timeout);
        reply.whenComplete((answer, failure) -> {
            roundTrip.record(System.nanoTime() - startedAt, TimeUnit.NANOSECONDS);
            (failure == null ? replied : isTimeout(failure) ? timedOut : notSent).increment();
        });
        return reply;
    }

    private static boolean isTimeout(Throwable failure) {
        return failure instanceof java.util.concurrent.TimeoutException;
    }

    /** As {@link #predict}, but predictors serve it after all other requests. The caller limits their number. */
    CompletableFuture<PredictReply> predictLowPriority(PredictionRequest request) {
        return send(lowPriority, request, timeout);
    }

    private CompletableFuture<PredictReply> send(PendingReplies waiting, PredictionRequest request, Duration timeout) {
        if (replyPartition == null) {
            throw new PredictorUnavailableException("The connection to the predictors is not ready yet.");
        }
        if (brokerUnavailable) {
            throw new PredictorUnavailableException(BROKER_UNAVAILABLE);
        }
        UUID id = UUID.randomUUID();
        CompletableFuture<PredictReply> reply = waiting.add(id, timeout);
        ProducerRecord<byte[], byte[]> message = request(id, request, timeout);
        if (waiting == lowPriority) {
            message.headers().add(PredictHeaders.BACKGROUND, new byte[0]);
        }
        KafkaProducer<byte[], byte[]> chosen = pending.size() < LINGER_THRESHOLD ? producer : lingeringProducer;
        SendSpan span = startSend(message, request);
        Objects.requireNonNull(chosen, "called before start").send(message, (metadata, failure) -> {
            span.onCompletion(metadata, failure);
            if (failure != null) {
                LOG.warn("a prediction request could not be sent: {}", failure.toString());
                reply.completeExceptionally(new PredictorUnavailableException(notSent(failure)));
            }
        });
        return reply;
    }

    /** Starts the span of a record that {@link #request} returned; does nothing if the request is not traced. */
    public SendSpan startSend(ProducerRecord<byte[], byte[]> message, PredictionRequest request) {
        return SendSpan.start(tracer, message, request.traceparent());
    }

    private static String notSent(Exception failure) {
        if (failure instanceof BufferExhaustedException) {
            return "Too many images are being sent.";
        }
        return SendErrors.isRecordError(failure)
                ? "Kafka refuses the request: " + SendErrors.reason(failure)
                : BROKER_UNAVAILABLE;
    }

    /** Returns the Kafka record of {@code request}; the reply is sent to this gateway's partition. */
    public ProducerRecord<byte[], byte[]> request(UUID id, PredictionRequest request, Duration timeout) {
        ProducerRecord<byte[], byte[]> message = new ProducerRecord<>(Topics.PREDICT_REQUESTS, request.value());
        long deadline = System.currentTimeMillis() + timeout.toMillis();
        message.headers()
                .add(PredictHeaders.V, String.valueOf(Versioned.CURRENT).getBytes(US_ASCII))
                .add(PredictHeaders.ID, id.toString().getBytes(US_ASCII))
                .add(PredictHeaders.MODEL, request.model().getBytes(UTF_8))
                .add(PredictHeaders.CONTENT_TYPE, request.contentType().getBytes(US_ASCII))
                .add(PredictHeaders.DEADLINE, String.valueOf(deadline).getBytes(US_ASCII))
                .add(PredictHeaders.REPLY_PARTITION, replyPartition)
                .add(PredictHeaders.REQUESTED_OUTPUT, request.want().wireName().getBytes(US_ASCII));
        if (request.version() != null) {
            message.headers()
                    .add(
                            PredictHeaders.VERSION,
                            String.valueOf(request.version()).getBytes(US_ASCII));
        }
        return message;
    }

    /** Receives replies until {@link #close}; called after {@link #start}. */
    @Override
    public void run() {
        try (KafkaConsumer<byte[], byte[]> replies = Objects.requireNonNull(consumer, "called before start")) {
            BrokerSilence silence = new BrokerSilence(replies);
            while (!closed) {
                try {
                    replies.poll(isIdle() ? IDLE_POLL : POLL).forEach(this::deliver);
                } catch (WakeupException e) {
                    return;
                } catch (KafkaException e) {
                    LOG.warn("replies could not be fetched, trying again: {}", e.toString());
                    LockSupport.parkNanos(POLL.toNanos());
                }
                brokerUnavailable = silence.length().compareTo(SILENCE_LIMIT) > 0;
                if (brokerUnavailable) {
                    pending.failAll(new PredictorUnavailableException(BROKER_UNAVAILABLE));
                    lowPriority.failAll(new PredictorUnavailableException(BROKER_UNAVAILABLE));
                }
            }
        }
    }

    private boolean isIdle() {
        return pending.isEmpty() && lowPriority.isEmpty();
    }

    private void deliver(ConsumerRecord<byte[], byte[]> message) {
        Context predictor = TraceParent.read(message.headers());
        if (!Span.fromContext(predictor).getSpanContext().isSampled()) {
            complete(message);
            return;
        }
        Span span = MessagingAttributes.span(tracer, "process", message.topic())
                .setSpanKind(SpanKind.CONSUMER)
                .setParent(predictor)
                .startSpan();
        complete(message);
        span.end();
    }

    private void complete(ConsumerRecord<byte[], byte[]> message) {
        Header id = message.headers().lastHeader(PredictHeaders.ID);
        if (id == null) {
            return;
        }
        UUID requestId = parse(id.value());
        CompletableFuture<PredictReply> waiting = waiting(requestId);
        if (waiting == null) {
            unmatchedReplies.accept(
                    requestId, message.value()); // of an asynchronous prediction, timed out, or another gateway's
            return;
        }
        try {
            PredictReply reply = PredictReply.read(message.value());
            counter.accept(reply);
            waiting.complete(reply);
        } catch (MalformedMessageException e) {
            waiting.completeExceptionally(new PredictorUnavailableException("A predictor's reply cannot be read."));
        } catch (NewerVersionException e) {
            LOG.error("a reply cannot be read, upgrade this gateway: {}", e.getMessage());
            waiting.completeExceptionally(
                    new PredictorUnavailableException("A predictor of a later release than this gateway replied."));
        }
    }

    private @Nullable CompletableFuture<PredictReply> waiting(UUID id) {
        CompletableFuture<PredictReply> reply = pending.get(id);
        return reply == null ? lowPriority.get(id) : reply;
    }

    private static UUID parse(byte[] id) {
        try {
            return UUID.fromString(new String(id, US_ASCII));
        } catch (IllegalArgumentException e) {
            return new UUID(0, 0); // matches no request
        }
    }

    private Map<String, Object> producerConfig(int lingerMillis) {
        Map<String, Object> config = RecordSizeLimits.producer(kafka);
        // Predictors read a record once all copies in sync have it, so waiting for them delays no prediction, and a
        // record is not lost with its leader. One that is sent twice is answered twice, and the second reply is
        // ignored.
        config.put(ProducerConfig.ACKS_CONFIG, "all");
        config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, false);
        config.put(ProducerConfig.LINGER_MS_CONFIG, lingerMillis);
        // Called on event loops, so it must not block, neither for buffer space nor for metadata.
        config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 0);
        config.put(
                ProducerConfig.METADATA_MAX_IDLE_CONFIG, Duration.ofDays(3_650).toMillis());
        // An unavailable broker is reported within 2 s; the time that predictors take is limited by the timeout.
        int brokerLimit = (int) Math.min(BROKER_LIMIT_MILLIS, timeout.toMillis());
        config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, brokerLimit - lingerMillis);
        config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, brokerLimit);
        // Of several brokers, one that takes nothing gets no further requests.
        config.put(ProducerConfig.PARTITIONER_AVAILABILITY_TIMEOUT_MS_CONFIG, UNAVAILABLE_AFTER_MILLIS);
        QuickFailover.addTo(config);
        return config;
    }

    private Map<String, Object> consumerConfig() {
        Map<String, Object> config = new HashMap<>(kafka);
        config.put(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, 1);
        config.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, (int) FETCH_WAIT.toMillis());
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "latest");
        config.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, FETCH_LIMIT_MILLIS);
        config.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) START_LIMIT_MILLIS);
        QuickFailover.addTo(config);
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
        if (lingeringProducer != null) {
            lingeringProducer.close(Duration.ofSeconds(2));
        }
    }
}
