package dev.trainyard.gateway;

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
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The predictors, as a test plays them: answers each new request with what the test makes of it, or not at all. */
final class PredictorForTests implements AutoCloseable {
    private final Map<String, Object> kafka;
    private final KafkaConsumer<byte[], byte[]> requests;
    private final KafkaProducer<byte[], byte[]> replies;
    private final Thread thread;
    private volatile ConsumerRecord<byte[], byte[]> last;
    private volatile boolean closed;

    /** @param answer null for silence */
    PredictorForTests(
            Map<String, Object> kafka, Function<ConsumerRecord<byte[], byte[]>, PredictReply.Outcome> answer) {
        this.kafka = kafka;
        this.requests = new KafkaConsumer<>(broker(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
        this.replies = new KafkaProducer<>(broker(), new ByteArraySerializer(), new ByteArraySerializer());
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
                    PredictReply.Outcome outcome = answer.apply(request);
                    if (outcome != null) {
                        reply(request, outcome);
                    }
                }
            }
        });
        thread.start();
    }

    /** May be called more than once for one request, as a predictor that was replaced does. */
    void reply(ConsumerRecord<byte[], byte[]> request, PredictReply.Outcome outcome) {
        int partition = Integer.parseInt(header(request, PredictHeaders.REPLY_PARTITION));
        ProducerRecord<byte[], byte[]> reply = new ProducerRecord<>(
                Topics.PREDICT_REPLIES, partition, null, WireJson.write(new PredictReply(Versioned.CURRENT, outcome)));
        reply.headers().add(request.headers().lastHeader(PredictHeaders.ID));
        replies.send(reply);
    }

    ConsumerRecord<byte[], byte[]> last() {
        return last;
    }

    boolean isAlive() {
        return thread.isAlive();
    }

    /** Of the last request. */
    String header(String name) {
        return header(last, name);
    }

    static String header(ConsumerRecord<byte[], byte[]> request, String name) {
        return new String(request.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    private Map<String, Object> broker() {
        return Map.of("bootstrap.servers", kafka.get("bootstrap.servers"), "linger.ms", "0");
    }

    @Override
    public void close() throws InterruptedException {
        closed = true;
        thread.join();
        requests.close();
        replies.close();
    }
}
