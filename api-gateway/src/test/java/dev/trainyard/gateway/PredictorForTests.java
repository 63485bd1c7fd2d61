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

/** A predictor's side of the topics, as a test plays it: answers every new request with what a function makes of it. */
final class PredictorForTests implements AutoCloseable {
    private final KafkaConsumer<byte[], byte[]> requests;
    private final KafkaProducer<byte[], byte[]> replies;
    private final Thread thread;
    private volatile ConsumerRecord<byte[], byte[]> last;
    private volatile boolean closed;

    PredictorForTests(Object bootstrapServers, Function<ConsumerRecord<byte[], byte[]>, PredictReply.Outcome> answer) {
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
                    reply(request, answer.apply(request));
                }
            }
        });
        thread.start();
    }

    /** The newest request; null before the first. */
    ConsumerRecord<byte[], byte[]> last() {
        return last;
    }

    private void reply(ConsumerRecord<byte[], byte[]> request, PredictReply.Outcome outcome) {
        int partition = Integer.parseInt(text(request, PredictHeaders.REPLY_PARTITION));
        ProducerRecord<byte[], byte[]> reply = new ProducerRecord<>(
                Topics.PREDICT_REPLIES, partition, null, WireJson.write(new PredictReply(Versioned.CURRENT, outcome)));
        reply.headers().add(request.headers().lastHeader(PredictHeaders.ID));
        replies.send(reply);
    }

    private static String text(ConsumerRecord<byte[], byte[]> request, String header) {
        return new String(request.headers().lastHeader(header).value(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws InterruptedException {
        closed = true;
        thread.join();
        requests.close();
        replies.close(Duration.ofSeconds(1));
    }
}
