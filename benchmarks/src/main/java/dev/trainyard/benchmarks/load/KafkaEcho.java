package dev.trainyard.benchmarks.load;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Lower bound for a request and its reply over Kafka: one topic for each direction and no processing. */
public final class KafkaEcho implements AutoCloseable {
    private static final TopicPartition REQUEST = new TopicPartition("benchmark.there", 0);
    private static final TopicPartition REPLY = new TopicPartition("benchmark.back", 0);

    private final KafkaProducer<byte[], byte[]> producer;
    private final KafkaConsumer<byte[], byte[]> replies;
    private final Thread echo;
    private volatile boolean closed;

    /** @param kafka settings of an administrator */
    public KafkaEcho(Map<String, Object> kafka) throws Exception {
        Map<String, Object> config = new HashMap<>(kafka);
        config.putAll(Map.of("linger.ms", 0, "acks", "1", "fetch.min.bytes", 1));
        try (Admin admin = Admin.create(config)) {
            admin.createTopics(List.of(
                            new NewTopic(REQUEST.topic(), Optional.of(1), Optional.empty()),
                            new NewTopic(REPLY.topic(), Optional.of(1), Optional.empty())))
                    .all()
                    .get();
        }
        producer = new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
        replies = consumer(config, REPLY);
        KafkaConsumer<byte[], byte[]> requests = consumer(config, REQUEST);
        echo = new Thread(() -> {
            try (requests;
                    KafkaProducer<byte[], byte[]> answering =
                            new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
                while (!closed) {
                    for (ConsumerRecord<byte[], byte[]> request : requests.poll(Duration.ofMillis(200))) {
                        answering.send(new ProducerRecord<>(REPLY.topic(), 0, null, request.value()));
                    }
                }
            }
        });
        echo.start();
    }

    private static KafkaConsumer<byte[], byte[]> consumer(Map<String, Object> config, TopicPartition partition) {
        KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        consumer.assign(List.of(partition));
        consumer.seekToBeginning(List.of(partition));
        return consumer;
    }

    /** One round trip. */
    public void roundTrip(byte[] payload) {
        send(payload);
        while (replies.poll(Duration.ofSeconds(5)).isEmpty()) {
            // wait for the only reply
        }
    }

    /**
     * Round trips per second with {@code clients} requests in flight; each reply triggers the next request.
     *
     * @param nanos duration of the measurement
     */
    public double throughput(byte[] payload, int clients, long nanos) {
        for (int i = 0; i < clients; i++) {
            send(payload);
        }
        long answered = 0;
        long started = System.nanoTime();
        while (System.nanoTime() - started < nanos) {
            int count = replies.poll(Duration.ofSeconds(5)).count();
            answered += count;
            for (int i = 0; i < count; i++) {
                send(payload);
            }
        }
        double rate = answered / ((System.nanoTime() - started) / 1e9);
        for (int left = clients; left > 0; ) {
            left -= replies.poll(Duration.ofSeconds(5)).count();
        }
        return rate;
    }

    private void send(byte[] payload) {
        producer.send(new ProducerRecord<>(REQUEST.topic(), 0, null, payload));
    }

    @Override
    public void close() throws InterruptedException {
        closed = true;
        echo.join();
        producer.close();
        replies.close();
    }
}
