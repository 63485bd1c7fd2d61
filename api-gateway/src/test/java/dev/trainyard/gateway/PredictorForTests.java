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
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A predictor's side of the topics, as a test plays it. */
final class PredictorForTests implements AutoCloseable {
    /** What it is asked: the version is null for the one in production. */
    record Asked(String model, Integer version, boolean aside, byte[] png) {}

    private final KafkaConsumer<byte[], byte[]> requests;
    private final KafkaProducer<byte[], byte[]> replies;
    private final Thread thread;
    private volatile boolean closed;

    /** Answers every new request with what {@code answer} makes of it; null for silence. */
    PredictorForTests(Map<String, Object> kafka, Function<Asked, PredictReply.Outcome> answer) {
        Map<String, Object> broker = Map.of("bootstrap.servers", kafka.get("bootstrap.servers"), "linger.ms", "0");
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
                    reply(request, answer.apply(read(request)));
                }
            }
        });
        thread.start();
    }

    private static Asked read(ConsumerRecord<byte[], byte[]> request) {
        String version = text(request, PredictHeaders.VERSION);
        return new Asked(
                text(request, PredictHeaders.MODEL),
                version == null ? null : Integer.valueOf(version),
                text(request, PredictHeaders.ASIDE) != null,
                request.value());
    }

    private void reply(ConsumerRecord<byte[], byte[]> request, PredictReply.Outcome outcome) {
        if (outcome == null) {
            return;
        }
        ProducerRecord<byte[], byte[]> reply = new ProducerRecord<>(
                Topics.PREDICT_REPLIES,
                Integer.parseInt(text(request, PredictHeaders.REPLY_PARTITION)),
                null,
                WireJson.write(new PredictReply(Versioned.CURRENT, outcome)));
        reply.headers().add(request.headers().lastHeader(PredictHeaders.ID));
        replies.send(reply);
    }

    private static String text(ConsumerRecord<byte[], byte[]> request, String name) {
        Header header = request.headers().lastHeader(name);
        return header == null ? null : new String(header.value(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws InterruptedException {
        closed = true;
        thread.join();
        requests.close();
        replies.close();
    }
}
