package dev.trainyard.gateway;

import static org.awaitility.Awaitility.await;

import dev.trainyard.message.PredictHeaders;
import dev.trainyard.message.PredictReply;
import dev.trainyard.message.Topics;
import dev.trainyard.message.Versioned;
import dev.trainyard.message.WireJson;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The predictors, as a test plays them: answers each new request with what the test makes of it, or not at all. */
final class FakePredictor implements AutoCloseable {
    private final KafkaConsumer<byte[], byte[]> requests;
    private final KafkaProducer<byte[], byte[]> replies;
    private final Thread thread;
    private volatile ConsumerRecord<byte[], byte[]> last;
    private volatile int count;
    private volatile boolean closed;

    /** What it is asked: the version is null for the one in production. */
    record Asked(String model, Integer version, boolean aside, byte[] png) {}

    /** @param answer null for silence */
    FakePredictor(
            Map<String, Object> kafka, Function<ConsumerRecord<byte[], byte[]>, PredictReply.Outcome> answer) {
        this((String) kafka.get("bootstrap.servers"), answer);
    }

    /** @param answer null for silence */
    FakePredictor(String bootstrapServers, Function<ConsumerRecord<byte[], byte[]>, PredictReply.Outcome> answer) {
        Map<String, Object> broker =
                Map.of("bootstrap.servers", bootstrapServers, "linger.ms", "0", "reconnect.backoff.max.ms", "200");
        requests = new KafkaConsumer<>(broker, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        replies = new KafkaProducer<>(broker, new ByteArraySerializer(), new ByteArraySerializer());
        List<TopicPartition> partitions = requests.partitionsFor(Topics.PREDICT_REQUESTS).stream()
                .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                .toList();
        requests.assign(partitions);
        requests.seekToEnd(partitions);
        partitions.forEach(requests::position);
        thread = new Thread(() -> {
            while (!closed) {
                for (ConsumerRecord<byte[], byte[]> request : requests.poll(Duration.ofMillis(100))) {
                    last = request;
                    count++;
                    PredictReply.Outcome outcome = answer.apply(request);
                    if (outcome != null) {
                        reply(request, outcome);
                    }
                }
            }
        });
        thread.start();
    }

    /** As the constructors, for a test of which version is asked. */
    static FakePredictor ofVersions(Map<String, Object> kafka, Function<Asked, PredictReply.Outcome> answer) {
        return new FakePredictor(kafka, request -> answer.apply(read(request)));
    }

    private static Asked read(ConsumerRecord<byte[], byte[]> request) {
        String version = header(request, PredictHeaders.VERSION);
        return new Asked(
                header(request, PredictHeaders.MODEL),
                version == null ? null : Integer.valueOf(version),
                header(request, PredictHeaders.ASIDE) != null,
                request.value());
    }

    /** May be called more than once for one request, as a predictor that was replaced does. */
    void reply(ConsumerRecord<byte[], byte[]> request, PredictReply.Outcome outcome) {
        int partition = Integer.parseInt(header(request, PredictHeaders.REPLY_PARTITION));
        ProducerRecord<byte[], byte[]> reply = new ProducerRecord<>(
                Topics.PREDICT_REPLIES, partition, null, WireJson.write(new PredictReply(Versioned.CURRENT, outcome)));
        reply.headers().add(request.headers().lastHeader(PredictHeaders.ID));
        replies.send(reply);
    }

    /** The newest request; null before the first. */
    ConsumerRecord<byte[], byte[]> last() {
        return last;
    }

    /** Also of a request whose client has heard already that its time is over. */
    void awaitCount(int requests) {
        await().until(() -> count >= requests);
    }

    /** Requests so far. */
    int count() {
        return count;
    }

    boolean isAlive() {
        return thread.isAlive();
    }

    /** Of the last request; null if it has none. */
    String header(String name) {
        return header(last, name);
    }

    static String header(ConsumerRecord<byte[], byte[]> request, String name) {
        Header header = request.headers().lastHeader(name);
        return header == null ? null : new String(header.value(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws InterruptedException {
        closed = true;
        thread.join();
        requests.close();
        replies.close(Duration.ofSeconds(1));
    }
}
