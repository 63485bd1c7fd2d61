package dev.trainyard.gateway.deadletters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;

import dev.trainyard.artifact.ArtifactRef;
import dev.trainyard.message.DeadLetterPublisher;
import dev.trainyard.message.ModelActivation;
import dev.trainyard.message.PredictReply;
import dev.trainyard.message.Topics;
import dev.trainyard.message.TrainControl;
import dev.trainyard.message.Versioned;
import dev.trainyard.message.WireJson;
import dev.trainyard.standalone.testing.TestPlatform;
import dev.trainyard.standalone.testing.TopicInspector;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Unreadable records become one dead letter each, also on broadcast topics, and are found among many. */
class DeadLetterRoutingTest {
    private final Map<String, Object> kafka = TestPlatform.shared().kafka();
    private final KafkaProducer<byte[], byte[]> producer =
            new KafkaProducer<>(kafka, new ByteArraySerializer(), new ByteArraySerializer());
    private final DeadLetterReader box = new DeadLetterReader(kafka, Duration.ofSeconds(20));

    @AfterEach
    void stop() {
        producer.close();
    }

    @Test
    void twoGatewaysWriteOneDeadLetterPerRecordAndContinue() throws Exception {
        String key = UUID.randomUUID().toString();
        List<Sent> bad = List.of(
                new Sent(Topics.TRAIN_CONTROL, 0, "{\"v\":0}", "version 0"),
                new Sent(Topics.TRAIN_CONTROL, 0, "{\"v\":1,\"attempt\":1}", "without key or command"),
                new Sent(Topics.MODELS, 0, "nonsense", "not a ModelActivation"),
                new Sent(Topics.MODELS, 0, "{\"v\":1,\"name\":\"m\",\"version\":1}", "without name or artifact"),
                new Sent(
                        Topics.MODEL_VERSIONS,
                        0,
                        "{\"v\":1,\"name\":\"m\",\"version\":1,\"warm\":false}",
                        "ModelVersion without name"),
                new Sent(Topics.TRAINER_STATUS, 0, "{\"v\":1,\"trainer\":\"t\"}", "TrainerStatus without name"),
                new Sent(Topics.PREDICT_REPLIES, 0, "{\"v\":1}", "without outcome"),
                new Sent(Topics.PREDICT_REPLIES, 7, "{\"v\":2,\"outcome\":{}}", "not a PredictReply"));
        send(key, good());
        send(key, bad);
        send(key, good());
        send(key, List.of(new Sent(Topics.MODELS, 0, "late", "not a ModelActivation")));

        try (DeadLetterPublisher letters = new DeadLetterPublisher(kafka, "test");
                DeadLetterRouter one = new DeadLetterRouter(kafka, letters);
                DeadLetterRouter other = new DeadLetterRouter(kafka, letters)) {
            Thread first = new Thread(one);
            Thread second = new Thread(other);
            first.start();
            second.start();
            await().atMost(Duration.ofSeconds(60)).until(() -> letters(key).size() >= bad.size() + 1);
            one.close();
            other.close();
            first.join();
            second.join();
        }
        assertThat(letters(key)).hasSize(bad.size() + 1);
        List<DeadLetter> listed = box.newest(500).letters().stream()
                .filter(letter -> key.equals(letter.key()))
                .toList();
        assertThat(listed).hasSize(bad.size() + 1);
        for (Sent record : bad) {
            assertThat(listed).anySatisfy(letter -> {
                assertThat(letter.reason()).contains(record.reason());
                assertThat(letter.topic()).isEqualTo(Topics.deadLetter(record.topic()));
                assertThat(letter.sourceTopic()).isEqualTo(record.topic());
                assertThat(letter.sourcePartition()).isEqualTo(String.valueOf(record.partition()));
                assertThat(letter.sourceOffset()).isNotNull();
                assertThat(letter.at()).isNotNull();
                assertThat(letter.text()).isEqualTo(record.value());
            });
        }
    }

    @Test
    void aTombstoneIsReadableExceptAsAReply() {
        assertThatCode(() -> DeadLetterRouter.requireReadable(
                        record(Topics.TRAIN_CONTROL, UUID.randomUUID().toString(), null)))
                .doesNotThrowAnyException();
        assertThatCode(() -> DeadLetterRouter.requireReadable(record(Topics.MODELS, "DigitModel", null)))
                .doesNotThrowAnyException();
        assertThatCode(() -> DeadLetterRouter.requireReadable(record(Topics.TRAIN_CONTROL, "no key", null)))
                .hasMessageContaining("not the key of a job");
        assertThatCode(() -> DeadLetterRouter.requireReadable(record(Topics.PREDICT_REPLIES, null, null)))
                .hasMessageContaining("empty record");
    }

    @Test
    void theNewestOfAHundredThousandAreListedWithoutReadingTheRest() throws Exception {
        String topic = Topics.deadLetter(Topics.TRAIN_EVENTS);
        byte[] value = "x".repeat(200).getBytes(StandardCharsets.UTF_8);
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (int i = 0; i < 100_000; i++) {
            sent.add(producer.send(new ProducerRecord<>(topic, 0, bytes("letter " + i), value)));
        }
        for (Future<RecordMetadata> one : sent) {
            one.get();
        }
        byte[] image = {(byte) 0x89, 'P', 'N', 'G', 0, 1};
        byte[] large = new byte[6 * 1024 * 1024];
        try (DeadLetterPublisher letters = new DeadLetterPublisher(kafka, "test")) {
            letters.send(new ConsumerRecord<>(Topics.PREDICT_REQUESTS, 3, 4, bytes("image"), image), "a reason");
            letters.send(new ConsumerRecord<>(Topics.PREDICT_REQUESTS, 3, 5, bytes("large"), large), "a reason");
            letters.send(new ConsumerRecord<>(Topics.PREDICT_REQUESTS, 3, 5, bytes("large"), large), "again");
        }
        List<CompletableFuture<List<DeadLetter>>> readers = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            int count = 480 + i / 5;
            readers.add(CompletableFuture.supplyAsync(() -> box.newest(count).letters()));
        }
        for (CompletableFuture<List<DeadLetter>> reader : readers) {
            List<DeadLetter> letters = reader.get();
            assertThat(letters).hasSizeBetween(480, 483);
            assertThat(letters)
                    .filteredOn(letter -> "image".equals(letter.key()))
                    .singleElement()
                    .satisfies(letter -> {
                        assertThat(letter.text()).isNull();
                        assertThat(letter.base64()).isEqualTo("iVBORwAB");
                        assertThat(letter.size()).isEqualTo(6);
                    });
            assertThat(letters)
                    .filteredOn(letter -> "large".equals(letter.key()))
                    .singleElement()
                    .satisfies(letter -> assertThat(letter.size()).isEqualTo(large.length));
            assertThat(letters)
                    .filteredOn(letter -> letter.key().startsWith("letter "))
                    .hasSizeGreaterThan(400);
        }
    }

    private record Sent(String topic, int partition, String value, String reason) {}

    private static List<Sent> good() {
        ArtifactRef onnx = new ArtifactRef("p", "s", 1);
        TrainControl order = new TrainControl(
                Versioned.CURRENT, UUID.randomUUID(), 1, null, TrainControl.Command.CANCEL, Instant.now());
        return List.of(
                new Sent(Topics.TRAIN_CONTROL, 0, json(order), null),
                new Sent(
                        Topics.MODELS,
                        0,
                        json(new ModelActivation(Versioned.CURRENT, 0, "m", 1, onnx, Instant.now())),
                        null),
                new Sent(
                        Topics.PREDICT_REPLIES,
                        0,
                        json(new PredictReply(Versioned.CURRENT, new PredictReply.Rejected("no image"))),
                        null));
    }

    private static String json(Object message) {
        return new String(WireJson.write(message), StandardCharsets.UTF_8);
    }

    private void send(String key, List<Sent> records) throws Exception {
        for (Sent record : records) {
            producer.send(new ProducerRecord<>(record.topic(), record.partition(), bytes(key), bytes(record.value())))
                    .get();
        }
    }

    private List<ConsumerRecord<byte[], byte[]>> letters(String key) {
        return List.of(
                        Topics.TRAIN_CONTROL,
                        Topics.MODELS,
                        Topics.MODEL_VERSIONS,
                        Topics.TRAINER_STATUS,
                        Topics.PREDICT_REPLIES)
                .stream()
                .flatMap(topic -> TopicInspector.read(kafka, Topics.deadLetter(topic)).stream())
                .filter(letter -> key.equals(new String(letter.key(), StandardCharsets.UTF_8)))
                .toList();
    }

    private static ConsumerRecord<byte[], byte[]> record(String topic, String key, byte[] value) {
        return new ConsumerRecord<>(topic, 0, 0, key == null ? null : bytes(key), value);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
