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
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
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

    private final String predictor;
    private final ServedModels models;
    private final ReportChannel channel;
    private final Clock clock;
    private final CountDownLatch closing = new CountDownLatch(1);

    public StatusReporter(String predictor, ServedModels models, ReportChannel channel, Clock clock) {
        this.predictor = predictor;
        this.models = models;
        this.channel = channel;
        this.clock = clock;
    }

    /**
     * Publishes the quarantines; returns when the broker has acknowledged them.
     *
     * @throws KafkaException if the broker does not accept them
     */
    public void report(List<ModelQuarantine> crashes) throws InterruptedException {
        for (ModelQuarantine crash : crashes) {
            deliver(Topics.MODEL_QUARANTINE, crash.sha256(), WireJson.write(crash));
        }
    }

    @Override
    public void run() {
        try {
            @Nullable List<PredictorStatus.Problem> sent = null;
            long sentAt = 0;
            while (!closing.await(POLL_INTERVAL.toMillis(), TimeUnit.MILLISECONDS)) {
                List<PredictorStatus.Problem> problems = models.problems();
                boolean due = !problems.equals(sent) || System.nanoTime() - sentAt > REPEAT_INTERVAL.toNanos();
                if (due && send(problems)) {
                    sent = problems;
                    sentAt = System.nanoTime();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean send(List<PredictorStatus.Problem> problems) throws InterruptedException {
        PredictorStatus status = new PredictorStatus(
                Versioned.CURRENT, predictor, models.memoryLimit(), models.memoryHeld(), problems, clock.instant());
        try {
            deliver(Topics.PREDICTOR_STATUS, predictor, WireJson.write(status));
            return true;
        } catch (KafkaException e) {
            LOG.warn("the status of this predictor was not sent: {}", e.toString());
            return false;
        }
    }

    /** Waits for the acknowledgement: the channel repeats a failed record, which must not overtake a later status. */
    private void deliver(String topic, String key, byte[] value) throws InterruptedException {
        try {
            channel.send(new ProducerRecord<>(topic, key.getBytes(StandardCharsets.UTF_8), value))
                    .toCompletableFuture()
                    .get();
        } catch (ExecutionException e) {
            throw new KafkaException("the broker did not take the record", e.getCause());
        }
    }

    /** Stops {@link #run}. */
    @Override
    public void close() {
        closing.countDown();
    }
}
