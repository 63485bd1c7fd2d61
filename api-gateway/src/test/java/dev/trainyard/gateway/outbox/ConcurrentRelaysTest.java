package dev.trainyard.gateway.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.trainyard.gateway.TestDatabase;
import dev.trainyard.message.Topics;
import dev.trainyard.standalone.testing.TestPlatform;
import dev.trainyard.standalone.testing.TopicInspector;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;

/** Two gateways with one outbox on a real database and broker. */
class ConcurrentRelaysTest {
    private static final int ROWS = 2_000;
    private static final int KEYS = 20;

    private final Map<String, Object> kafka = TestPlatform.shared().kafka();
    private final Jdbi jdbi = TestDatabase.create();
    private final String mark = UUID.randomUUID().toString();

    @Test
    void eachRecordIsSentOnceAndInOrderForItsKey() throws Exception {
        fill();
        relayed(new OutboxRelay(jdbi, kafka), new OutboxRelay(jdbi, kafka));
        Map<String, List<String>> sent = TopicInspector.read(kafka, Topics.TRAIN_JOBS).stream()
                .filter(message -> text(message.value()).startsWith(mark))
                .collect(Collectors.groupingBy(
                        message -> text(message.key()),
                        Collectors.mapping(message -> text(message.value()), Collectors.toList())));
        assertThat(sent).hasSize(KEYS);
        sent.forEach((key, values) -> assertThat(values)
                .containsExactlyElementsOf(IntStream.range(0, ROWS)
                        .filter(i -> key.equals(mark + i % KEYS))
                        .mapToObj(i -> mark + " " + i)
                        .toList()));
    }

    @Test
    void largeRowsAreSentInSmallerBatches() throws Exception {
        jdbi.useTransaction(handle -> {
            for (int i = 0; i < 30; i++) {
                handle.execute(
                        "insert into outbox (topic, record_key, value) values (?, ?, ?)",
                        Topics.TRAIN_JOBS,
                        mark,
                        new byte[900_000]);
            }
        });
        try (OutboxRelay relay = new OutboxRelay(jdbi, kafka)) {
            assertThat(relay.relayBatch()).isTrue();
            assertThat(waiting()).isBetween(15, 25);
            boolean more = true;
            while (more) {
                more = relay.relayBatch();
            }
        }
        assertThat(waiting()).isZero();
    }

    private void fill() {
        jdbi.useTransaction(handle -> {
            var batch = handle.prepareBatch("insert into outbox (topic, record_key, value) values (?, ?, ?)");
            for (int i = 0; i < ROWS; i++) {
                batch.add(Topics.TRAIN_JOBS, mark + i % KEYS, (mark + " " + i).getBytes(StandardCharsets.UTF_8));
            }
            batch.execute();
        });
    }

    private void relayed(OutboxRelay... relays) throws InterruptedException {
        List<Thread> threads = java.util.Arrays.stream(relays).map(Thread::new).toList();
        threads.forEach(Thread::start);
        await().atMost(Duration.ofSeconds(60)).until(() -> waiting() == 0);
        for (OutboxRelay relay : relays) {
            relay.close();
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private int waiting() {
        return jdbi.withHandle(handle -> handle.createQuery("select count(*) from outbox")
                .mapTo(Integer.class)
                .one());
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
