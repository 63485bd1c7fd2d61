package dev.trainyard.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.message.PredictHeaders;
import dev.trainyard.message.Topics;
import dev.trainyard.standalone.testing.TopicInspector;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Unreadable records on every topic. */
@Tag("full")
class DeadLettersIT {
    @RegisterExtension
    static final PlatformExtension platform = new PlatformExtension();

    private static final String NOT_JSON = "{ no JSON";
    private static final String OF_NO_VERSION = "{\"v\":0,\"key\":\"k\"}";

    private final List<BadRecord> sent = new ArrayList<>();

    /** An unreadable record, its position, and the reason that its dead letter must state. */
    private record BadRecord(String topic, int partition, long offset, String key, String value, String reason) {
        String address() {
            return "%s-%d offset %d".formatted(topic, partition, offset);
        }
    }

    @Test
    void unreadableRecordsBecomeDeadLettersAndEveryTopicContinues() throws Exception {
        String cancelled = platform.submit(PlatformExtension.endless());
        String busy = platform.submit(PlatformExtension.endless());
        platform.awaitEpoch(cancelled, 1);
        platform.awaitEpoch(busy, 1);
        int replies = replyPartition();

        for (String topic : List.of(Topics.TRAIN_JOBS, Topics.TRAIN_EVENTS, Topics.TRAIN_CONTROL, Topics.MODELS)) {
            send(topic, null, NOT_JSON, Map.of(), "not a ");
            send(topic, null, OF_NO_VERSION, Map.of(), "version 0");
        }
        send(Topics.PREDICT_REPLIES, replies, NOT_JSON, id(), "not a PredictReply");
        send(Topics.PREDICT_REPLIES, replies, OF_NO_VERSION, id(), "version 0");
        send(Topics.PREDICT_REQUESTS, null, "an image", Map.of(), "has no header");
        send(Topics.PREDICT_REQUESTS, null, "an image", Map.of(PredictHeaders.REPLY_PARTITION, "x"), "not readable");

        platform.client()
                .requestAction(cancelled, "cancel"); // train.control is processed, or no trainer would become free
        String promoted = platform.submit(PlatformExtension.promoted(1)); // so are train.jobs and train.events
        platform.awaitStatus(promoted, "success");
        int version = platform.job(promoted).path("model").path("version").asInt();
        for (int number = 1; number <= 2; number++) { // so are models, predict.requests and predict.replies
            GatewayClient gateway = platform.gateway(number);
            PlatformExtension.await("the new model").until(() -> gateway.servedVersion() == version);
        }
        platform.client().requestAction(busy, "cancel");
        PlatformExtension.await("the dead letters").untilAsserted(() -> assertThat(letters())
                .containsKeys(sent.stream().map(BadRecord::address).toArray(String[]::new)));
        Map<String, JsonNode> letters = letters();
        sent.forEach(bad -> isLetterOf(bad, letters.get(bad.address())));
    }

    /** Compacted topics would keep the last record of each key for ever. */
    @AfterEach
    void deleteBadRecordsFromCompactedTopics() throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = producer()) {
            for (BadRecord bad : sent) {
                if (bad.topic().equals(Topics.TRAIN_CONTROL) || bad.topic().equals(Topics.MODELS)) {
                    producer.send(new ProducerRecord<>(bad.topic(), bad.key().getBytes(StandardCharsets.UTF_8), null))
                            .get();
                }
            }
        }
    }

    private static void isLetterOf(BadRecord bad, JsonNode letter) {
        assertThat(letter.path("topic").asText()).isEqualTo(Topics.deadLetter(bad.topic()));
        assertThat(letter.path("reason").asText()).contains(bad.reason());
        assertThat(letter.path("key").asText()).isEqualTo(bad.key());
        assertThat(letter.path("text").asText()).isEqualTo(bad.value());
        assertThat(letter.path("size").asInt()).isEqualTo(bad.value().length());
    }

    /** All dead letters by the original position of their records. */
    private static Map<String, JsonNode> letters() throws Exception {
        Map<String, JsonNode> letters = new HashMap<>();
        GatewayClient.Response answer =
                platform.gateway(2).get("/api/v1/dead-letters?limit=500").join();
        for (JsonNode letter : answer.body().path("dead_letters")) {
            String address = "%s-%s offset %s"
                    .formatted(
                            letter.path("source_topic").asText(),
                            letter.path("source_partition").asText(),
                            letter.path("source_offset").asText());
            letters.put(address, letter);
        }
        return letters;
    }

    private static Map<String, String> id() {
        return Map.of(PredictHeaders.ID, UUID.randomUUID().toString());
    }

    /** Reply partition of gateway-1. */
    private static int replyPartition() throws Exception {
        assertThat(platform.gateway(1).predict(8).join().status()).isEqualTo(200);
        ConsumerRecord<byte[], byte[]> newest = null;
        for (ConsumerRecord<byte[], byte[]> request : TopicInspector.read(platform.kafka(), Topics.PREDICT_REQUESTS)) {
            newest = newest == null || request.timestamp() > newest.timestamp() ? request : newest;
        }
        byte[] partition =
                newest.headers().lastHeader(PredictHeaders.REPLY_PARTITION).value();
        return Integer.parseInt(new String(partition, StandardCharsets.UTF_8));
    }

    private void send(String topic, Integer partition, String value, Map<String, String> headers, String reason)
            throws Exception {
        String key = UUID.randomUUID().toString();
        ProducerRecord<byte[], byte[]> bad = new ProducerRecord<>(
                topic, partition, key.getBytes(StandardCharsets.UTF_8), value.getBytes(StandardCharsets.UTF_8));
        headers.forEach((name, text) -> bad.headers().add(name, text.getBytes(StandardCharsets.UTF_8)));
        try (KafkaProducer<byte[], byte[]> producer = producer()) {
            RecordMetadata at = producer.send(bad).get();
            sent.add(new BadRecord(topic, at.partition(), at.offset(), key, value, reason));
        }
    }

    private static KafkaProducer<byte[], byte[]> producer() {
        return new KafkaProducer<>(platform.kafka(), new ByteArraySerializer(), new ByteArraySerializer());
    }
}
