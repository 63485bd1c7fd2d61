package dev.trainyard.gateway.predictions.async;

import dev.trainyard.gateway.predictions.PredictorClient;
import dev.trainyard.gateway.runtime.GatewaySettings;
import dev.trainyard.kafka.QuickFailover;
import dev.trainyard.message.RecordSizeLimits;
import dev.trainyard.message.SendErrors;
import dev.trainyard.tracing.SendSpan;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends asynchronous predictions to the predictors, a limited number at a time, because synchronous requests share the
 * topic and must not queue behind thousands of them. It has its own producer, so that neither synchronous requests nor
 * job records wait behind its images.
 */
@Singleton
public final class AsyncPredictionSender implements Runnable, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AsyncPredictionSender.class);
    /** Largest number of requests of this gateway without a reply. */
    private static final int WINDOW = 64;

    private static final long CHUNK_BYTES = 8L * 1024 * 1024;
    private static final int BUFFER_BYTES = 24 * 1024 * 1024;
    private static final long RETRY_MILLIS = 500;

    private final AsyncPredictionQueue queue;
    private final Duration poll;
    private final PredictorClient predictions;
    private final AsyncPredictionWaiters waiters;
    private final Producer<byte[], byte[]> producer;
    /** Requests without a reply, with the {@link System#nanoTime} at which each is sent again. */
    private final Map<UUID, Long> open = new ConcurrentHashMap<>();

    private final Semaphore work = new Semaphore(0);
    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile boolean started;

    AsyncPredictionSender(
            AsyncPredictionQueue queue,
            PredictorClient predictions,
            AsyncPredictionWaiters waiters,
            @Identifier("default-kafka-broker") Map<String, Object> kafka,
            GatewaySettings settings) {
        this.poll = settings.background().poll();
        this.queue = queue;
        this.predictions = predictions;
        this.waiters = waiters;
        this.producer = new KafkaProducer<>(config(kafka), new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** Notifies the sender that a prediction was accepted. */
    public void wakeUp() {
        work.release();
    }

    /** Notifies the sender that the reply to {@code id} was recorded. */
    void onReply(UUID id) {
        if (open.remove(id) != null) {
            wakeUp();
        }
    }

    @Override
    public void run() {
        started = true;
        try {
            while (closing.getCount() > 0) {
                try {
                    Duration due = queue.untilDue().orElse(poll);
                    if (due.isZero()) {
                        waiters.notifyEnded(queue.failExpired());
                    }
                    if (!due.isZero() || !sendDue()) {
                        // also finds predictions that another gateway accepted before it was killed
                        work.tryAcquire(idle(due).toMillis(), TimeUnit.MILLISECONDS);
                        work.drainPermits();
                    }
                } catch (JdbiException | KafkaException e) {
                    LOG.warn("asynchronous predictions could not be sent, trying again: {}", e.toString());
                    closing.await(RETRY_MILLIS, TimeUnit.MILLISECONDS);
                }
            }
        } catch (InterruptedException | InterruptException e) {
            Thread.currentThread().interrupt();
        } finally {
            producer.close(Duration.ZERO);
        }
    }

    /** Returns the time to the next look; due requests that cannot be sent now are tried again soon. */
    private Duration idle(Duration due) {
        return due.isZero() ? Duration.ofMillis(RETRY_MILLIS) : due.compareTo(poll) < 0 ? due : poll;
    }

    /** Returns true if more predictions may be due. */
    private boolean sendDue() throws InterruptedException {
        long now = System.nanoTime();
        open.values().removeIf(until -> until - now <= 0);
        int room = WINDOW - open.size();
        if (room <= 0 || !predictions.isUp()) {
            return false;
        }
        List<AsyncPredictionQueue.DueRequest> due = queue.claim(room, CHUNK_BYTES);
        if (due.isEmpty()) {
            return false;
        }
        send(due);
        return true;
    }

    private void send(List<AsyncPredictionQueue.DueRequest> due) throws InterruptedException {
        List<UUID> failed = new ArrayList<>();
        Throwable cause = null;
        Map<UUID, CompletableFuture<Void>> sent = new LinkedHashMap<>();
        CompletableFuture<Void> last = null;
        for (AsyncPredictionQueue.DueRequest one : due) {
            // wait for an unavailable broker once, not for each request
            if (last == null || !isBrokerUnavailable(last)) {
                last = send(one);
            }
            sent.put(one.id(), last);
        }
        for (Map.Entry<UUID, CompletableFuture<Void>> one : sent.entrySet()) {
            try {
                one.getValue().get();
            } catch (ExecutionException e) {
                open.remove(one.getKey());
                if (SendErrors.isRecordError(e)) {
                    // it counts as an attempt, so that it fails after the last one and never blocks the others
                    LOG.warn("Kafka refused the request for prediction {}: {}", one.getKey(), SendErrors.reason(e));
                } else {
                    cause = e.getCause();
                    failed.add(one.getKey());
                }
            }
        }
        if (!failed.isEmpty()) {
            queue.release(failed);
            throw new KafkaException("%d prediction requests could not be sent".formatted(failed.size()), cause);
        }
    }

    /** Returns true if a send failed for a reason that affects all requests. */
    private static boolean isBrokerUnavailable(CompletableFuture<Void> sent) {
        return sent.isCompletedExceptionally()
                && !SendErrors.isRecordError(
                        sent.handle((done, failure) -> failure).join());
    }

    private CompletableFuture<Void> send(AsyncPredictionQueue.DueRequest one) {
        CompletableFuture<Void> sent = new CompletableFuture<>();
        open.put(one.id(), System.nanoTime() + one.pause().toNanos());
        ProducerRecord<byte[], byte[]> message = predictions.request(one.id(), one.request(), one.pause());
        SendSpan span = predictions.startSend(message, one.request());
        producer.send(message, (metadata, failure) -> {
            span.onCompletion(metadata, failure);
            if (failure == null) {
                sent.complete(null);
            } else {
                sent.completeExceptionally(failure);
            }
        });
        return sent;
    }

    private static Map<String, Object> config(Map<String, Object> kafka) {
        Map<String, Object> config = RecordSizeLimits.producer(kafka);
        config.put(ProducerConfig.ACKS_CONFIG, "all");
        config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, false);
        config.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        config.put(ProducerConfig.BUFFER_MEMORY_CONFIG, BUFFER_BYTES);
        // Requests that are not sent stay in the database, so short timeouts suffice.
        config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 3_000);
        config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 5_000);
        config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 3_000);
        QuickFailover.addTo(config);
        return config;
    }

    @Override
    public void close() {
        closing.countDown();
        wakeUp();
        if (!started) {
            producer.close(Duration.ZERO);
        }
    }
}
