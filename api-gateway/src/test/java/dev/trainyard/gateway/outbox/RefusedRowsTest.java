package dev.trainyard.gateway.outbox;

import static org.awaitility.Awaitility.await;

import dev.trainyard.gateway.GatewayDatabase;
import dev.trainyard.message.Topics;
import dev.trainyard.standalone.testing.TestPlatform;
import dev.trainyard.standalone.testing.Topic;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rows that Kafka refuses, on a real database and broker. */
class RefusedRowsTest {
    private static final byte[] TOO_LARGE = new byte[8 * 1024 * 1024];

    private final Map<String, Object> kafka = TestPlatform.shared().kafka();
    private final Jdbi jdbi = GatewayDatabase.create();
    private final String key = UUID.randomUUID().toString();
    private final OutboxRelay relay = new OutboxRelay(jdbi, kafka);
    private final Thread thread = new Thread(relay);

    @BeforeEach
    void start() {
        thread.setDaemon(true);
    }

    @AfterEach
    void stop() throws Exception {
        relay.close();
        thread.join();
    }

    @Test
    void aRowThatIsTooLargeDoesNotHoldUpTheRowsOfOthers() {
        add(Topics.TRAIN_JOBS, "large-" + key, TOO_LARGE);
        add(Topics.TRAIN_JOBS, key, bytes("next"));
        thread.start();
        await().atMost(Duration.ofSeconds(30))
                .until(() -> values(Topics.TRAIN_JOBS).equals(List.of("next")));
    }

    @Test
    void norDoesOneOfATopicThatDoesNotExistOrCannot() {
        add("no.such.topic", key, bytes("lost"));
        add("no topic at all", key, bytes("lost"));
        add(Topics.MODELS, key, bytes("next"));
        thread.start();
        await().atMost(Duration.ofSeconds(60)).until(() -> values(Topics.MODELS).equals(List.of("next")));
    }

    private void add(String topic, String recordKey, byte[] value) {
        jdbi.useHandle(handle -> handle.execute(
                "insert into outbox (topic, record_key, value) values (?, ?, ?)", topic, recordKey, value));
    }

    private List<String> values(String topic) {
        return Topic.read(kafka, topic).stream()
                .filter(message -> key.equals(new String(message.key(), StandardCharsets.UTF_8)))
                .map(message -> new String(message.value(), StandardCharsets.UTF_8))
                .toList();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
