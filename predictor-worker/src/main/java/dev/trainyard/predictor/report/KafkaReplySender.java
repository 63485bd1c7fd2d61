package dev.trainyard.predictor.report;

import dev.trainyard.kafka.QuickFailover;
import dev.trainyard.message.PredictHeaders;
import dev.trainyard.message.PredictReply;
import dev.trainyard.message.RecordSizeLimits;
import dev.trainyard.message.SendErrors;
import dev.trainyard.message.Topics;
import dev.trainyard.message.Versioned;
import dev.trainyard.message.WireJson;
import dev.trainyard.predictor.request.PredictRequest;
import dev.trainyard.predictor.runtime.PredictorMetrics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends replies to {@code predict.replies}, on the partition of the requesting gateway. */
public final class KafkaReplySender implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KafkaReplySender.class);
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(3);

    private final Producer<byte[], byte[]> producer;
    private final PredictorMetrics metrics;

    public KafkaReplySender(Map<String, Object> kafka, PredictorMetrics metrics) {
        this.producer = new KafkaProducer<>(config(kafka), new ByteArraySerializer(), new ByteArraySerializer());
        this.metrics = metrics;
    }

    /** Number of reply partitions, as last reported by the broker. */
    public int partitions() {
        return producer.partitionsFor(Topics.PREDICT_REPLIES).size();
    }

    /** Sends a reply asynchronously; {@code settled} runs when the broker has it or it has failed. */
    public void send(PredictRequest request, PredictReply.Outcome outcome, Runnable settled) {
        request.trace().end(outcome);
        producer.send(reply(request, outcome), (metadata, failure) -> {
            if (failure != null) {
                metrics.replyLost();
                LOG.warn("the reply to {} could not be sent: {}", request.id(), failure.toString());
            }
            if (failure != null && SendErrors.isRecordError(failure)) {
                // an error is sent in its place, so that the waiting client gets a reply
                String message = "Kafka refused the answer: " + SendErrors.reason(failure);
                PredictReply.Outcome refused =
                        new PredictReply.Unavailable(PredictReply.Reason.INTERNAL_ERROR, message);
                producer.send(reply(request, refused), (sent, again) -> settled.run());
            } else {
                settled.run();
            }
        });
    }

    private static ProducerRecord<byte[], byte[]> reply(PredictRequest request, PredictReply.Outcome outcome) {
        ProducerRecord<byte[], byte[]> reply = new ProducerRecord<>(
                Topics.PREDICT_REPLIES,
                request.replyPartition(),
                null,
                WireJson.write(new PredictReply(Versioned.CURRENT, outcome)));
        reply.headers().add(PredictHeaders.ID, request.id().toString().getBytes(StandardCharsets.UTF_8));
        request.trace().write(reply.headers());
        return reply;
    }

    /** Waits until no reply is pending. */
    public void flush() {
        producer.flush();
    }

    private static Map<String, Object> config(Map<String, Object> kafka) {
        Map<String, Object> config = RecordSizeLimits.producer(kafka);
        // Gateways read a reply once all copies in sync have it, so waiting for them delays none.
        config.put(ProducerConfig.ACKS_CONFIG, "all");
        config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, false);
        config.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 1_500);
        config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 10_000);
        QuickFailover.addTo(config);
        config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 5_000);
        return config;
    }

    @Override
    public void close() {
        producer.close(CLOSE_LIMIT);
    }
}
