package dev.trainyard.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.trainyard.message.DeadLetters;
import dev.trainyard.message.Topics;
import io.smallrye.common.annotation.Identifier;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Puts records that no retry makes usable on {@code <topic>.dlq}, bytes unchanged, with why and from where. */
@Singleton
public class DeadLetterBox {
    private final KafkaProducer<byte[], byte[]> producer;

    DeadLetterBox(@Identifier("default-kafka-broker") Map<String, Object> kafka) {
        Map<String, Object> config = new HashMap<>(kafka);
        config.put(ProducerConfig.ACKS_CONFIG, "all");
        config.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        this.producer = new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** Returns once the broker has it. */
    public void put(ConsumerRecord<byte[], byte[]> bad, String reason) throws InterruptedException {
        ProducerRecord<byte[], byte[]> letter =
                new ProducerRecord<>(Topics.deadLetter(bad.topic()), null, bad.key(), bad.value());
        letter.headers()
                .add(DeadLetters.REASON, reason.getBytes(UTF_8))
                .add(DeadLetters.SOURCE_TOPIC, bad.topic().getBytes(UTF_8))
                .add(
                        DeadLetters.SOURCE_PARTITION,
                        String.valueOf(bad.partition()).getBytes(UTF_8))
                .add(DeadLetters.SOURCE_OFFSET, String.valueOf(bad.offset()).getBytes(UTF_8));
        try {
            producer.send(letter).get();
        } catch (ExecutionException e) {
            throw new KafkaException("a dead letter could not be sent", e.getCause());
        }
    }

    @PreDestroy
    void close() {
        producer.close();
    }
}
