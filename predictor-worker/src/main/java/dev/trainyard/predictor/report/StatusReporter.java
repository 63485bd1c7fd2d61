package dev.trainyard.predictor.report;

import dev.trainyard.message.ModelQuarantine;
import dev.trainyard.message.PredictorStatus;
import dev.trainyard.message.Topics;
import dev.trainyard.message.Versioned;
import dev.trainyard.message.WireJson;
import dev.trainyard.predictor.models.ServedModels;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports to the gateways which versions this predictor cannot serve, and publishes which model crashed an earlier
 * process.
 */
public final class StatusReporter implements Runnable, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StatusReporter.class);
    private static final Duration POLL_INTERVAL = Duration.ofSeconds(1);
    /** Much shorter than the topic's retention. */
    private static final Duration REPEAT_INTERVAL = Duration.ofMinutes(10);

    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(1);

    private final String predictor;
    private final ServedModels models;
    private final Clock clock;
    private final Producer<byte[], byte[]> producer;
    /** Set if the last status was not delivered. */
    private volatile boolean undelivered;

    private final CountDownLatch closing = new CountDownLatch(1);

    public StatusReporter(Map<String, Object> kafka, String predictor, ServedModels models, Clock clock) {
        this.predictor = predictor;
        this.models = models;
        this.clock = clock;
        this.producer = new KafkaProducer<>(config(kafka), new ByteArraySerializer(), new ByteArraySerializer());
    }

    /**
     * Publishes the quarantines; returns when the broker has acknowledged them.
     *
     * @throws KafkaException if the broker does not accept them
     */
    public void report(List<ModelQuarantine> crashes) throws InterruptedException {
        List<Future<?>> sent = new ArrayList<>();
        for (ModelQuarantine crash : crashes) {
            sent.add(producer.send(
                    new ProducerRecord<>(Topics.MODEL_QUARANTINE, bytes(crash.sha256()), WireJson.write(crash))));
        }
        for (Future<?> one : sent) {
            try {
                one.get();
            } catch (ExecutionException e) {
                throw new KafkaException("the broker did not take the record", e.getCause());
            }
        }
    }

    @Override
    public void run() {
        try {
            List<PredictorStatus.Problem> sent = null;
            long sentAt = 0;
            while (!closing.await(POLL_INTERVAL.toMillis(), TimeUnit.MILLISECONDS)) {
                List<PredictorStatus.Problem> problems = models.problems();
                if (undelivered || !problems.equals(sent) || System.nanoTime() - sentAt > REPEAT_INTERVAL.toNanos()) {
                    undelivered = false;
                    send(problems);
                    sent = problems;
                    sentAt = System.nanoTime();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void send(List<PredictorStatus.Problem> problems) {
        PredictorStatus status = new PredictorStatus(
                Versioned.CURRENT, predictor, models.memoryLimit(), models.memoryHeld(), problems, clock.instant());
        try {
            producer.send(
                    new ProducerRecord<>(Topics.PREDICTOR_STATUS, bytes(predictor), WireJson.write(status)),
                    (metadata, failure) -> {
                        if (failure != null) {
                            undelivered = true;
                            LOG.warn("the status of this predictor was not sent: {}", failure.toString());
                        }
                    });
        } catch (KafkaException e) {
            undelivered = true;
            LOG.warn("the status of this predictor was not sent: {}", e.toString());
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static Map<String, Object> config(Map<String, Object> kafka) {
        Map<String, Object> config = new HashMap<>(kafka);
        config.put(ProducerConfig.ACKS_CONFIG, "all");
        config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 10_000);
        config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 3_000);
        config.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 5_000);
        config.put(ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1_000);
        return config;
    }

    /** Stops {@link #run}. */
    @Override
    public void close() {
        closing.countDown();
        producer.close(CLOSE_LIMIT);
    }
}
