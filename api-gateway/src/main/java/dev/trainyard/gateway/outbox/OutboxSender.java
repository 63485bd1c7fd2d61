package dev.trainyard.gateway.outbox;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.trainyard.message.DeadLetterPublisher;
import dev.trainyard.message.MalformedMessageException;
import dev.trainyard.message.QueueOrder;
import dev.trainyard.message.RecordSizeLimits;
import dev.trainyard.message.SendErrors;
import dev.trainyard.tracing.SendSpan;
import io.opentelemetry.api.trace.Tracer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends outbox rows, those of one key in order, and reports which of them Kafka has acknowledged. */
final class OutboxSender implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OutboxSender.class);
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(2);

    private final Supplier<Producer<String, byte[]>> producers;
    private final Tracer tracer;
    private @Nullable Producer<String, byte[]> producer;
    private boolean closed;

    OutboxSender(Map<String, Object> kafka, Tracer tracer) {
        this(() -> new KafkaProducer<>(config(kafka), new StringSerializer(), new ByteArraySerializer()), tracer);
    }

    /** @param producers creates a new producer, because one cannot be used after a fatal error */
    OutboxSender(Supplier<Producer<String, byte[]>> producers, Tracer tracer) {
        this.tracer = tracer;
        this.producers = producers;
        this.producer = producers.get();
    }

    private static Map<String, Object> config(Map<String, Object> kafka) {
        Map<String, Object> config = RecordSizeLimits.producer(kafka);
        config.put(ProducerConfig.ACKS_CONFIG, "all");
        config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        config.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        // A failed batch stays in the outbox, so a long wait inside a transaction is not needed.
        config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 5_000);
        config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 10_000);
        config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 5_000);
        config.put(ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1_000);
        return config;
    }

    /** Result of a batch; a row in neither list was not sent, or its result is unknown. */
    static final class Delivery {
        final List<OutboxRow> sent = new ArrayList<>();
        final Map<OutboxRow, String> refused = new LinkedHashMap<>();
        /** The rows of {@link #refused} whose whole topic is refused. */
        final Set<OutboxRow> ofTopic = new HashSet<>();
        /** Failure of the broker or producer that kept further rows from being sent. */
        @Nullable
        Throwable unreachable;

        private final Set<OutboxRow.OrderKey> held = new HashSet<>();
        /** Topics that the broker does not have or does not let this gateway write to; each is requested once. */
        final Map<String, String> missing = new HashMap<>();

        private void failed(OutboxRow row, Throwable failure) {
            held.add(row.ordered());
            if (SendErrors.isRecordError(failure)) {
                String reason = SendErrors.reason(failure);
                refused.put(row, reason);
                Throwable cause = failure instanceof ExecutionException ? failure.getCause() : failure;
                if (SendErrors.isTopicError(failure)) {
                    ofTopic.add(row);
                }
                if (cause instanceof TimeoutException || cause instanceof TopicAuthorizationException) {
                    missing.put(row.topic(), reason);
                }
            } else {
                unreachable = failure;
            }
        }
    }

    /** Sends {@code rows}, which are in order; stops if the broker does not respond. */
    Delivery send(List<OutboxRow> rows) throws InterruptedException {
        Delivery delivery = deliver(rows, producer());
        if (delivery.unreachable != null && SendErrors.isFatalForProducer(delivery.unreachable)) {
            LOG.warn("The producer is replaced after a fatal error: {}", delivery.unreachable.toString());
            discard();
        }
        return delivery;
    }

    private synchronized Producer<String, byte[]> producer() {
        if (producer == null) {
            if (closed) {
                throw new KafkaException("the gateway is stopping");
            }
            producer = producers.get();
        }
        return producer;
    }

    private synchronized void discard() {
        if (producer != null) {
            producer.close(Duration.ZERO);
            producer = null;
        }
    }

    private Delivery deliver(List<OutboxRow> rows, Producer<String, byte[]> producer) throws InterruptedException {
        Delivery delivery = new Delivery();
        List<OutboxRow> left = rows;
        while (!left.isEmpty() && delivery.unreachable == null) {
            Set<OutboxRow.OrderKey> taken = new HashSet<>();
            List<OutboxRow> next = new ArrayList<>();
            List<OutboxRow> later = new ArrayList<>();
            for (OutboxRow row : left) {
                if (!delivery.held.contains(row.ordered())) {
                    (taken.add(row.ordered()) ? next : later).add(row);
                }
            }
            // refused rows come last, because they may need a wait
            next.sort(Comparator.comparingInt(row -> Math.min(1, row.tries())));
            sendAtOnce(next, delivery, producer);
            left = later;
        }
        return delivery;
    }

    private void sendAtOnce(List<OutboxRow> rows, Delivery delivery, Producer<String, byte[]> producer)
            throws InterruptedException {
        Map<OutboxRow, Future<RecordMetadata>> sent = new LinkedHashMap<>();
        for (OutboxRow row : rows) {
            if (delivery.unreachable != null) {
                break; // the others would fail too, each after its wait for metadata
            }
            String missing = delivery.missing.get(row.topic());
            if (missing != null) {
                delivery.held.add(row.ordered());
                delivery.refused.put(row, missing);
                delivery.ofTopic.add(row);
                continue;
            }
            ProducerRecord<String, byte[]> message;
            SendSpan span = null;
            try {
                message = message(row, producer);
                span = SendSpan.start(tracer, message, row.traceparent());
                Future<RecordMetadata> one = producer.send(message, span);
                if (one.isDone()) {
                    settle(row, one, delivery);
                } else {
                    sent.put(row, one);
                }
            } catch (InterruptException e) {
                throw e;
            } catch (KafkaException | IllegalArgumentException e) {
                if (span != null) {
                    span.failed(e);
                }
                delivery.failed(row, e);
            }
        }
        for (Map.Entry<OutboxRow, Future<RecordMetadata>> one : sent.entrySet()) {
            settle(one.getKey(), one.getValue(), delivery);
        }
    }

    private static void settle(OutboxRow row, Future<RecordMetadata> sent, Delivery delivery)
            throws InterruptedException {
        try {
            sent.get();
            delivery.sent.add(row);
        } catch (ExecutionException e) {
            delivery.failed(row, e);
        }
    }

    private static ProducerRecord<String, byte[]> message(OutboxRow row, Producer<String, byte[]> producer) {
        Optional<QueueOrder> place = row.place() == null ? Optional.empty() : QueueOrder.parse(row.place());
        Integer partition = place.map(
                        at -> at.partition(producer.partitionsFor(row.topic()).size()))
                .orElse(null);
        ProducerRecord<String, byte[]> message = new ProducerRecord<>(row.topic(), partition, row.key(), row.value());
        place.ifPresent(at -> message.headers().add(QueueOrder.HEADER, at.text().getBytes(UTF_8)));
        if (row.reason() != null) {
            message.headers()
                    .add(
                            DeadLetterPublisher.REASON,
                            MalformedMessageException.cut(row.reason()).getBytes(UTF_8));
        }
        return message;
    }

    /** Unacknowledged rows stay in the outbox. */
    @Override
    public synchronized void close() {
        closed = true;
        if (producer != null) {
            producer.close(CLOSE_LIMIT);
        }
    }
}
