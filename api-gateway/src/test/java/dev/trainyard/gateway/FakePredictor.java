package dev.trainyard.gateway;

import static org.awaitility.Awaitility.await;

import dev.trainyard.message.PredictHeaders;
import dev.trainyard.message.PredictReply;
import dev.trainyard.message.Topics;
import dev.trainyard.message.Versioned;
import dev.trainyard.message.WireJson;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
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

/** Simulates the predictors: answers each new request with the test's function, or not at all. */
final class FakePredictor implements AutoCloseable {
    private final KafkaConsumer<byte[], byte[]> requests;
    private final KafkaProducer<byte[], byte[]> replies;
    private final Thread thread;
    private volatile ConsumerRecord<byte[], byte[]> last;
    private volatile int count;
    private volatile boolean closed;

    /** A request; the version is null for the one in production. */
    record Request(String model, Integer version, boolean shadow, byte[] png) {}

    /** @param answer returns null to send no reply */
    FakePredictor(Map<String, Object> kafka, Function<ConsumerRecord<byte[], byte[]>, PredictReply.Outcome> answer) {
        Map<String, Object> broker = new HashMap<>(kafka);
        broker.remove("group.id");
        broker.putAll(Map.of("linger.ms", "0", "reconnect.backoff.max.ms", "200"));
        Map<String, Object> consumer = new HashMap<>(broker);
        consumer.put("fetch.max.wait.ms", "50"); // the close waits for it
        requests = new KafkaConsumer<>(consumer, new ByteArrayDeserializer(), new ByteArrayDeserializer());
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

    /** Creates a predictor whose reply depends on the requested model version. */
    static FakePredictor ofVersions(Map<String, Object> kafka, Function<Request, PredictReply.Outcome> answer) {
        return new FakePredictor(kafka, request -> answer.apply(read(request)));
    }

    private static Request read(ConsumerRecord<byte[], byte[]> request) {
        String version = header(request, PredictHeaders.VERSION);
        return new Request(
                header(request, PredictHeaders.MODEL),
                version == null ? null : Integer.valueOf(version),
                header(request, PredictHeaders.BACKGROUND) != null,
                request.value());
    }

    /** Sends a reply; may be called more than once per request to simulate duplicates. */
    void reply(ConsumerRecord<byte[], byte[]> request, PredictReply.Outcome outcome) {
        int partition = Integer.parseInt(header(request, PredictHeaders.REPLY_PARTITION));
        ProducerRecord<byte[], byte[]> reply = new ProducerRecord<>(
                Topics.PREDICT_REPLIES, partition, null, WireJson.write(new PredictReply(Versioned.CURRENT, outcome)));
        reply.headers().add(request.headers().lastHeader(PredictHeaders.ID));
        replies.send(reply);
    }

    /** Returns the newest request; null before the first. */
    ConsumerRecord<byte[], byte[]> last() {
        return last;
    }

    /** Waits for requests, including those that have timed out. */
    void awaitCount(int requests) {
        await().until(() -> count >= requests);
    }

    /** Number of requests so far. */
    int count() {
        return count;
    }

    boolean isAlive() {
        return thread.isAlive();
    }

    /** Returns a header of the last request; null if absent. */
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
