package dev.trainyard.trainer.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.trainyard.message.DeadLetterPublisher;
import dev.trainyard.message.MalformedMessageException;
import dev.trainyard.message.TopicSpec;
import dev.trainyard.message.Topics;
import dev.trainyard.message.TrainEvent;
import dev.trainyard.message.WireJson;
import dev.trainyard.standalone.testing.TestBroker;
import dev.trainyard.standalone.testing.TopicInspector;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Any record that a broker accepted fits into a dead letter; otherwise it would be read again forever. */
class LargestRecordsTest {
    /** Limit of a topic that was created for smaller records. */
    private static final String SMALL = "1048588";

    /** Overhead of batch, key and the framing of the value. */
    private static final int OVERHEAD = 200;

    private static TestBroker broker;
    private static DeadLetterPublisher letters;
    private final String key = UUID.randomUUID().toString();

    @BeforeAll
    static void start() throws Exception {
        broker = new TestBroker();
        letters = new DeadLetterPublisher(broker.kafka(), "test");
    }

    @AfterAll
    static void stop() throws Exception {
        letters.close();
        broker.close();
    }

    static Stream<TopicSpec> topics() {
        return Topics.all().stream().filter(topic -> !Topics.isDeadLetter(topic.name()));
    }

    @ParameterizedTest
    @MethodSource("topics")
    void theLargestRecordOfEachTopicBecomesADeadLetterWithABoundedReason(TopicSpec topic) throws Exception {
        int largest = topic.maxRecordBytes();
        byte[] value = ofUnknownVersion(largest - OVERHEAD);
        ConsumerRecord<byte[], byte[]> stored = store(topic.name(), value, "none");
        String reason = reason(stored.value());

        letters.send(stored, reason);

        assertThat(reason).startsWith("TrainEvent of version xxx").hasSize(1_000);
        assertThat(letter(topic.name())).satisfies(letter -> {
            assertThat(Arrays.equals(letter.value(), value)).isTrue();
            assertThat(header(letter, DeadLetterPublisher.REASON)).isEqualTo(reason);
            assertThat(letter.headers().lastHeader(DeadLetterPublisher.CUT_FROM))
                    .isNull();
        });
    }

    @Test
    void aLongReasonIsTruncated() throws Exception {
        letters.send(new ConsumerRecord<>(Topics.TRAIN_EVENTS, 0, 0, bytes(key), new byte[0]), "y".repeat(9_000_000));

        assertThat(header(letter(Topics.TRAIN_EVENTS), DeadLetterPublisher.REASON))
                .hasSize(1_000);
    }

    @Test
    void aRecordAboveTheLimitIsTruncatedAndMarked() throws Exception {
        byte[] value = ofUnknownVersion(9_000_000);
        ConsumerRecord<byte[], byte[]> stored = store(Topics.TRAIN_EVENTS, value, "gzip");

        letters.send(stored, reason(stored.value()));

        assertThat(letter(Topics.TRAIN_EVENTS)).satisfies(letter -> {
            assertThat(Arrays.equals(letter.value(), Arrays.copyOf(value, 64 * 1024)))
                    .isTrue();
            assertThat(header(letter, DeadLetterPublisher.CUT_FROM)).isEqualTo("9000000");
            assertThat(header(letter, DeadLetterPublisher.SOURCE_OFFSET)).isEqualTo(String.valueOf(stored.offset()));
        });
    }

    @Test
    void keyAndHeadersAboveTheLimitOfAnExistingTopicAreTruncated() throws Exception {
        allow(Topics.deadLetter(Topics.MODELS), SMALL);
        ConsumerRecord<byte[], byte[]> bad = new ConsumerRecord<>(Topics.MODELS, 0, 7, bytes(key.repeat(20_000)), null);
        bad.headers().add("theirs", new byte[900_000]);

        letters.send(bad, "a reason");

        assertThat(letter(Topics.MODELS)).satisfies(letter -> {
            assertThat(letter.value()).isNull();
            assertThat(letter.key()).hasSize(1024);
            assertThat(letter.headers().lastHeader("theirs")).isNull();
            assertThat(header(letter, DeadLetterPublisher.CUT_FROM)).isEqualTo("0");
        });
    }

    private static byte[] ofUnknownVersion(int length) {
        String json = "{\"v\":\"%s\"}";
        return bytes(json.formatted("x".repeat(length - json.length() + 2)));
    }

    private static String reason(byte[] value) {
        return catchThrowableOfType(MalformedMessageException.class, () -> WireJson.read(value, TrainEvent.class))
                .getMessage();
    }

    private ConsumerRecord<byte[], byte[]> store(String topic, byte[] value, String compression) throws Exception {
        Map<String, Object> config = new HashMap<>(broker.kafka());
        config.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, 16 * 1024 * 1024);
        config.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, compression);
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(topic, bytes(key), value)).get();
        }
        return found(topic);
    }

    private ConsumerRecord<byte[], byte[]> letter(String topic) {
        return found(Topics.deadLetter(topic));
    }

    private ConsumerRecord<byte[], byte[]> found(String topic) {
        return TopicInspector.read(broker.kafka(), topic).stream()
                .filter(message -> new String(message.key(), StandardCharsets.UTF_8).startsWith(key))
                .findFirst()
                .orElseThrow();
    }

    private static void allow(String topic, String bytes) throws Exception {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        ConfigEntry entry = new ConfigEntry("max.message.bytes", bytes);
        try (Admin admin = Admin.create(broker.kafka())) {
            admin.incrementalAlterConfigs(Map.of(resource, List.of(new AlterConfigOp(entry, AlterConfigOp.OpType.SET))))
                    .all()
                    .get();
        }
    }

    private static String header(ConsumerRecord<?, ?> letter, String name) {
        return new String(letter.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
