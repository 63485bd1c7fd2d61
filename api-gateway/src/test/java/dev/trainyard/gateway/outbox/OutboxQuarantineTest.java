package dev.trainyard.gateway.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.trainyard.gateway.TestDatabase;
import dev.trainyard.message.Topics;
import dev.trainyard.standalone.platform.Ports;
import dev.trainyard.standalone.testing.TestPlatform;
import dev.trainyard.standalone.testing.TopicInspector;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Rows that Kafka refuses, on a real database and broker. */
@Tag("full")
class OutboxQuarantineTest {
    private static final int TRIES = 3;
    /** Delays before the second and third attempt. */
    private static final Duration TOPIC_LIMIT = Duration.ofMillis(1_500);

    private static final byte[] TOO_LARGE = new byte[8 * 1024 * 1024];

    private final Map<String, Object> kafka = TestPlatform.shared().kafka();
    private final Jdbi jdbi = TestDatabase.create();
    private final String key = UUID.randomUUID().toString();
    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private static final Duration POLL = Duration.ofMillis(500);
    private final OutboxRelay relay = new OutboxRelay(
            jdbi,
            kafka,
            new OutboxRelay.Rules(TRIES, TOPIC_LIMIT, (handle, row, reason, tries) -> true, () -> {}, POLL),
            metrics);
    private final OutboxQuarantine quarantine = new OutboxQuarantine(jdbi, relay::wake);
    private final Thread thread = new Thread(relay);

    @BeforeEach
    void start() {
        thread.setDaemon(true);
    }

    @AfterEach
    void stop() throws Exception {
        relay.close();
        if (thread.isAlive()) {
            thread.join();
        }
    }

    @Test
    void aTooLargeRowDoesNotBlockOtherRows() {
        add(Topics.TRAIN_JOBS, "large-" + key, TOO_LARGE);
        add(Topics.TRAIN_JOBS, key, bytes("next"));
        thread.start();
        await().atMost(Duration.ofSeconds(30))
                .until(() -> values(Topics.TRAIN_JOBS).equals(List.of("next")));
    }

    @Test
    void rowsOfMissingOrInvalidTopicsDoNotBlockOtherRows() {
        add("no.such.topic", key, bytes("lost"));
        add("no topic at all", key, bytes("lost"));
        add(Topics.MODELS, key, bytes("next"));
        thread.start();
        await().atMost(Duration.ofSeconds(60)).until(() -> values(Topics.MODELS).equals(List.of("next")));
    }

    @Test
    void aRepeatedlyRefusedRowIsQuarantinedWithItsReasonAndTheNextOfItsKeyIsSent() throws Exception {
        add(Topics.TRAIN_CONTROL, key, TOO_LARGE);
        add(Topics.TRAIN_CONTROL, key, bytes("next"));
        add(Topics.TRAIN_CONTROL, key, bytes("and the one after"));
        relay.relayBatch();
        assertThat(values(Topics.TRAIN_CONTROL))
                .as("the order is kept during retries")
                .isEmpty();
        thread.start();
        await().atMost(Duration.ofSeconds(60))
                .until(() -> metrics.get("trainyard.outbox.refused").counter().count() == TRIES);
        await().atMost(Duration.ofSeconds(60))
                .until(() -> values(Topics.TRAIN_CONTROL).equals(List.of("next", "and the one after")));
        assertThat(quarantine.list(null, 10))
                .as("resending it would undo later changes, so it is dropped")
                .isEmpty();
    }

    @Test
    void aQuarantinedRowIsListedAndCanBeResentOrDropped() throws Exception {
        String topic = "made-later-" + key;
        add(topic, key, bytes("sent at last"));
        add("never-made-" + key, key, bytes("dropped"));
        thread.start();
        await().atMost(Duration.ofSeconds(120))
                .until(() -> quarantine.list(null, 10).size() == 2);
        OutboxQuarantine.Unsent never = quarantine.list(null, 10).get(0);
        OutboxQuarantine.Unsent later = quarantine.list(null, 10).get(1);
        assertThat(later.topic()).isEqualTo(topic);
        assertThat(later.tries()).isEqualTo(TRIES);
        assertThat(later.reason()).contains("TimeoutException", topic);
        assertThat(later.quarantinedAt()).isNotNull();
        await().untilAsserted(() -> assertThat(
                        metrics.get("trainyard.outbox.quarantined").gauge().value())
                .isEqualTo(2));

        try (Admin admin = Admin.create(kafka)) {
            admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get();
        }
        assertThat(quarantine.retry(later.id())).isTrue();
        relay.wake();
        await().atMost(Duration.ofSeconds(60)).until(() -> values(topic).equals(List.of("sent at last")));
        assertThat(quarantine.drop(never.id())).isTrue();
        assertThat(quarantine.drop(never.id())).isFalse();
        assertThat(quarantine.retry(never.id())).isFalse();
        assertThat(rows()).isZero();
    }

    @Test
    void aRefusedTopicDoesNotCountAgainstItsRowsAtFirst() {
        String topic = "made-a-little-later-" + key;
        for (int i = 0; i < 3; i++) {
            add(topic, key, bytes("row " + i));
        }
        AtomicInteger aside = new AtomicInteger();
        SimpleMeterRegistry counts = new SimpleMeterRegistry();
        OutboxRelay.Rules patient = new OutboxRelay.Rules(
                1,
                Duration.ofMinutes(5),
                (handle, row, reason, tries) -> {
                    aside.incrementAndGet();
                    return true;
                },
                () -> {},
                POLL);
        try (OutboxRelay other = new OutboxRelay(jdbi, kafka, patient, counts)) {
            Thread runs = new Thread(other);
            runs.setDaemon(true);
            runs.start();
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> counts.counter("trainyard.outbox.refused", "topic", topic)
                                    .count()
                            >= 2);
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> counts.get("trainyard.outbox.held").gauge().value() > 0);
            try (Admin admin = Admin.create(kafka)) {
                admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1)));
                await().atMost(Duration.ofSeconds(60))
                        .until(() -> admin.listTopics().names().get().contains(topic)
                                && values(topic).equals(List.of("row 0", "row 1", "row 2")));
            }
        }
        assertThat(aside).hasValue(0);
    }

    @Test
    void everyDeadLetterOfAKeyIsKept() throws Exception {
        String letters = Topics.deadLetter(Topics.TRAIN_JOBS);
        add(letters, key, TOO_LARGE);
        thread.start();
        await().atMost(Duration.ofSeconds(60))
                .until(() -> quarantine.list(null, 10).size() == 1);
        add(letters, key, bytes("another"));
        await().atMost(Duration.ofSeconds(60)).until(() -> values(letters).equals(List.of("another")));
        assertThat(quarantine.list(null, 10)).hasSize(1);
        assertThat(jdbi.<Boolean, RuntimeException>withHandle(handle -> handle.select(
                                "select bool_or(not_before <= now() + interval '100 years') from outbox")
                        .mapTo(Boolean.class)
                        .one()))
                .as("a gateway of the release before knows only not_before")
                .isFalse();
    }

    @Test
    void anUnreachableBrokerDoesNotCountAsARefusal() throws Exception {
        add(Topics.TRAIN_JOBS, key, bytes("waits"));
        try (OutboxRelay away = new OutboxRelay(jdbi, Map.of("bootstrap.servers", "127.0.0.1:" + Ports.free()))) {
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(away::relayBatch).isInstanceOf(KafkaException.class);
            }
        }
        assertThat(jdbi.<Integer, RuntimeException>withHandle(
                        handle -> handle.createQuery("select max(tries) from outbox")
                                .mapTo(Integer.class)
                                .one()))
                .isZero();
        thread.start();
        await().atMost(Duration.ofSeconds(30))
                .until(() -> values(Topics.TRAIN_JOBS).equals(List.of("waits")));
    }

    @Test
    void oldQuarantinedRowsAreDeleted() {
        add("no topic at all", key, bytes("lost"));
        thread.start();
        await().atMost(Duration.ofSeconds(60))
                .until(() -> quarantine.list(null, 10).size() == 1);
        assertThat(quarantine.deleteOld(Duration.ofDays(1), 10)).isZero();
        assertThat(quarantine.deleteOld(Duration.ZERO, 10)).isOne();
        assertThat(rows()).isZero();
    }

    private int rows() {
        return jdbi.withHandle(handle -> handle.createQuery("select count(*) from outbox")
                .mapTo(Integer.class)
                .one());
    }

    private void add(String topic, String recordKey, byte[] value) {
        jdbi.useHandle(handle -> handle.execute(
                "insert into outbox (topic, record_key, value) values (?, ?, ?)", topic, recordKey, value));
    }

    private List<String> values(String topic) {
        return TopicInspector.read(kafka, topic).stream()
                .filter(message -> key.equals(new String(message.key(), StandardCharsets.UTF_8)))
                .map(message -> new String(message.value(), StandardCharsets.UTF_8))
                .toList();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
