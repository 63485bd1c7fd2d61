package dev.trainyard.predictor;

import dev.trainyard.artifact.ArtifactRef;
import dev.trainyard.message.MalformedMessageException;
import dev.trainyard.message.ModelActivation;
import dev.trainyard.message.ModelVersion;
import dev.trainyard.message.PredictHeaders;
import dev.trainyard.message.PredictReply;
import dev.trainyard.message.RecordSizeLimits;
import dev.trainyard.message.RequestedOutput;
import dev.trainyard.message.Topics;
import dev.trainyard.message.Versioned;
import dev.trainyard.message.WireJson;
import dev.trainyard.standalone.testing.TopicInspector;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Simulates the gateway's side of the predict topics; consumes one partition of the replies. */
final class TestGateway implements AutoCloseable {
    static final int REPLY_PARTITION = 7;
    private static final long REPLY_LIMIT_SECONDS = 20;

    private final Map<String, Object> kafka;
    private final KafkaProducer<byte[], byte[]> producer;
    private final KafkaConsumer<byte[], byte[]> replies;
    private final Map<UUID, CompletableFuture<PredictReply.Outcome>> waiting = new ConcurrentHashMap<>();
    private final Thread listener = new Thread(this::listen, "replies");
    private final LongAdder repeated = new LongAdder();
    private volatile boolean closed;

    TestGateway(Map<String, Object> kafka) {
        this.kafka = kafka;
        Map<String, Object> config = new HashMap<>(kafka);
        config.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, RecordSizeLimits.BROKER);
        this.producer = new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
        this.replies = new KafkaConsumer<>(kafka, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        replies.assign(List.of(new TopicPartition(Topics.PREDICT_REPLIES, REPLY_PARTITION)));
        replies.seekToEnd(replies.assignment());
        replies.assignment().forEach(replies::position);
        listener.start();
    }

    private void listen() {
        try {
            while (!closed) {
                for (ConsumerRecord<byte[], byte[]> reply : replies.poll(Duration.ofSeconds(1))) {
                    UUID id = UUID.fromString(text(reply, PredictHeaders.ID));
                    CompletableFuture<PredictReply.Outcome> asked = waiting.get(id);
                    if (asked != null
                            && !asked.complete(WireJson.read(reply.value(), PredictReply.class)
                                    .outcome())) {
                        repeated.increment();
                    }
                }
            }
        } catch (WakeupException e) {
            closed = true;
        } catch (MalformedMessageException e) {
            waiting.values().forEach(asked -> asked.completeExceptionally(e));
        }
    }

    static String text(ConsumerRecord<byte[], byte[]> message, String header) {
        return new String(message.headers().lastHeader(header).value(), StandardCharsets.UTF_8);
    }

    CompletableFuture<PredictReply.Outcome> ask(String model, byte[] png) {
        return ask(model, png, inAMinute());
    }

    CompletableFuture<PredictReply.Outcome> ask(String model, byte[] png, Instant deadline) {
        return ask(model, null, png, deadline);
    }

    /** @param version null for the one in production */
    CompletableFuture<PredictReply.Outcome> ask(String model, Integer version, byte[] png, Instant deadline) {
        return sent(start(model, version, png, deadline, RequestedOutput.PREDICTION, false, null));
    }

    /** Sends a request like that of a shadow. */
    CompletableFuture<PredictReply.Outcome> askAside(String model, int version, byte[] png) {
        return sent(start(model, version, png, inAMinute(), RequestedOutput.PREDICTION, true, null));
    }

    CompletableFuture<PredictReply.Outcome> ask(String model, byte[] value, String contentType) {
        return sent(start(model, null, value, inAMinute(), RequestedOutput.PREDICTION, false, contentType));
    }

    CompletableFuture<PredictReply.Outcome> ask(String model, byte[] png, RequestedOutput want) {
        return sent(start(model, png, inAMinute(), want));
    }

    /** Like {@link #ask}, but does not wait for the acknowledgement of the broker. */
    CompletableFuture<PredictReply.Outcome> start(String model, byte[] png, Instant deadline, RequestedOutput want) {
        return start(model, null, png, deadline, want, false, null);
    }

    /** Sends a request like a gateway of another release. */
    CompletableFuture<PredictReply.Outcome> askInVersion(int version, String model, byte[] png, String want) {
        UUID id = UUID.randomUUID();
        CompletableFuture<PredictReply.Outcome> answer = new CompletableFuture<>();
        waiting.put(id, answer);
        ProducerRecord<byte[], byte[]> request = new ProducerRecord<>(Topics.PREDICT_REQUESTS, png);
        header(request, PredictHeaders.V, String.valueOf(version));
        header(request, PredictHeaders.ID, id.toString());
        header(request, PredictHeaders.MODEL, model);
        header(request, PredictHeaders.DEADLINE, String.valueOf(inAMinute().toEpochMilli()));
        header(request, PredictHeaders.REPLY_PARTITION, String.valueOf(REPLY_PARTITION));
        header(request, PredictHeaders.REQUESTED_OUTPUT, want);
        header(request, "trainyard-new", "of a later release");
        producer.send(request);
        return sent(answer);
    }

    private static Instant inAMinute() {
        return Instant.now().plusSeconds(60);
    }

    private CompletableFuture<PredictReply.Outcome> sent(CompletableFuture<PredictReply.Outcome> asked) {
        flush();
        return asked;
    }

    private CompletableFuture<PredictReply.Outcome> start(
            String model,
            Integer version,
            byte[] png,
            Instant deadline,
            RequestedOutput want,
            boolean aside,
            String contentType) {
        UUID id = UUID.randomUUID();
        CompletableFuture<PredictReply.Outcome> answer = new CompletableFuture<>();
        waiting.put(id, answer);
        ProducerRecord<byte[], byte[]> request = new ProducerRecord<>(Topics.PREDICT_REQUESTS, png);
        header(request, PredictHeaders.ID, id.toString());
        header(request, PredictHeaders.MODEL, model);
        if (contentType != null) {
            header(request, PredictHeaders.CONTENT_TYPE, contentType);
        }
        header(request, PredictHeaders.DEADLINE, String.valueOf(deadline.toEpochMilli()));
        header(request, PredictHeaders.REPLY_PARTITION, String.valueOf(REPLY_PARTITION));
        header(request, PredictHeaders.REQUESTED_OUTPUT, want.wireName());
        if (version != null) {
            header(request, PredictHeaders.VERSION, String.valueOf(version));
        }
        if (aside) {
            header(request, PredictHeaders.BACKGROUND, "");
        }
        produce(request);
        return answer;
    }

    static PredictReply.Outcome answer(CompletableFuture<PredictReply.Outcome> asked) throws Exception {
        return asked.get(REPLY_LIMIT_SECONDS, TimeUnit.SECONDS);
    }

    void activate(String model, int version, ArtifactRef onnx) {
        ModelActivation activation = new ModelActivation(Versioned.CURRENT, 0, model, version, onnx, Instant.now());
        send(new ProducerRecord<>(Topics.MODELS, bytes(model), WireJson.write(activation)));
    }

    /** Publishes the location of a servable version. */
    void offer(String model, int version, ArtifactRef onnx) {
        ModelVersion known = new ModelVersion(Versioned.CURRENT, model, version, onnx, false, Instant.now());
        send(new ProducerRecord<>(
                Topics.MODEL_VERSIONS, bytes(ModelVersion.key(model, version)), WireJson.write(known)));
    }

    void remove(String model) {
        send(new ProducerRecord<>(Topics.MODELS, bytes(model), null));
    }

    /** Number of replies after the first to the same request. */
    long repeatedReplies() {
        return repeated.sum();
    }

    /** Sends {@code request} unchanged and waits for the acknowledgement. */
    void send(ProducerRecord<byte[], byte[]> request) {
        produce(request);
        flush();
    }

    void flush() {
        producer.flush();
    }

    private void produce(ProducerRecord<byte[], byte[]> request) {
        producer.send(request, (metadata, failure) -> {
            if (failure != null) {
                waiting.values().forEach(asked -> asked.completeExceptionally(failure));
            }
        });
    }

    static void header(ProducerRecord<?, ?> message, String name, String value) {
        message.headers().add(name, bytes(value));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Returns all records of {@code topic}. */
    List<ConsumerRecord<byte[], byte[]>> all(String topic) {
        return TopicInspector.read(kafka, topic);
    }

    @Override
    public void close() throws InterruptedException {
        closed = true;
        replies.wakeup();
        listener.join();
        replies.close();
        producer.close();
    }
}
