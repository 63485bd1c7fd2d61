package dev.trainyard.gateway.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.trainyard.gateway.TestDatabase;
import dev.trainyard.gateway.outbox.OutboxQuarantine;
import dev.trainyard.gateway.outbox.OutboxRelay;
import dev.trainyard.job.JobStatus;
import dev.trainyard.job.TransitionReason;
import dev.trainyard.message.QueueOrder;
import dev.trainyard.message.Topics;
import dev.trainyard.standalone.testing.TestPlatform;
import dev.trainyard.standalone.testing.TopicInspector;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A job whose record Kafka refuses fails with the reason, and its owner can retry it. */
class RefusedDispatchTest {
    private final Map<String, Object> kafka = TestPlatform.shared().kafka();
    private final Jdbi jdbi = TestDatabase.create();
    private final AtomicInteger ended = new AtomicInteger();
    private final OutboxRelay relay = new OutboxRelay(
            jdbi,
            kafka,
            new OutboxRelay.Rules(
                    2,
                    Duration.ofMinutes(10),
                    new RefusedDispatchHandler(new JobRules(new RetryPolicy(3, () -> 0))),
                    ended::incrementAndGet,
                    Duration.ofMillis(500)),
            new SimpleMeterRegistry());
    private final OutboxQuarantine quarantine = new OutboxQuarantine(jdbi, relay::wake);
    private final JobStore store = new JobStore(jdbi, 1_000, relay::wake);
    private final JobActions actions = new JobActions(jdbi, store, relay::wake);
    private final JobQueries queries = new JobQueries(jdbi);
    private final JobDispatcher dispatcher = TestDispatchers.ahead(jdbi, 100);
    private final Thread thread = new Thread(relay);

    @AfterEach
    void stop() throws Exception {
        relay.close();
        if (thread.isAlive()) {
            thread.join();
        }
    }

    @Test
    void aJobWithARefusedRecordFailsAndCanBeRetried() throws Exception {
        UUID refused = submit(1);
        enlarge(refused);
        UUID other = submit(2);
        thread.start();
        await().atMost(Duration.ofSeconds(60)).until(() -> job(refused).status() == JobStatus.FAILED);
        JobView failed = job(refused);
        assertThat(failed.error().code()).isEqualTo("dispatch_refused");
        assertThat(failed.error().message()).contains("2 times", "RecordTooLargeException", "unsent-records");
        assertThat(failed.transitions().get(1).reason()).isEqualTo(TransitionReason.DISPATCH_REFUSED);
        await().until(() -> ended.get() > 0);
        assertThat(records(other)).hasSize(1);
        assertThat(quarantine.list(null, 10)).singleElement().satisfies(row -> assertThat(row.key())
                .isEqualTo(refused.toString()));

        assertThat(actions.perform(JobAction.RETRY, refused, () -> {})).isInstanceOf(JobActions.Applied.class);
        dispatcher.run();
        await().atMost(Duration.ofSeconds(60)).until(() -> records(refused).size() == 1);
        assertThat(job(refused).status()).isEqualTo(JobStatus.QUEUED);
        await().until(() -> quarantine.list(null, 10).isEmpty());
    }

    @Test
    void theRefusedRecordOfACancelledJobIsDropped() {
        UUID key = submit(1);
        enlarge(key);
        actions.perform(JobAction.CANCEL, key, () -> {});
        thread.start();
        await().atMost(Duration.ofSeconds(60)).until(this::isEmpty);
        assertThat(job(key).status()).isEqualTo(JobStatus.CANCELLED);
    }

    @Test
    void jobsGoToPartitionsInTurnWithTheirQueuePositions() throws Exception {
        List<UUID> keys = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            keys.add(submit(i));
        }
        actions.perform(JobAction.PAUSE, keys.get(1), () -> {});
        actions.perform(JobAction.RESUME, keys.get(1), () -> {}); // to the end of the queue
        dispatcher.run();
        thread.start();
        await().atMost(Duration.ofSeconds(60)).until(this::isEmpty);
        List<UUID> byPlace =
                keys.stream().sorted((a, b) -> place(a).compareTo(place(b))).toList();
        List<UUID> byPosition = keys.stream()
                .sorted((a, b) -> job(a).queuePosition() - job(b).queuePosition())
                .toList();
        assertThat(byPlace).isEqualTo(byPosition);
        assertThat(byPosition.get(4)).isEqualTo(keys.get(1));
        int first = last(keys.get(0)).partition();
        for (int i = 0; i < keys.size(); i++) {
            assertThat(last(keys.get(i)).partition()).isEqualTo((first + i) % 12);
        }
    }

    private UUID submit(int seed) {
        UUID key = ((JobStore.Stored) store.submit(new JobStore.NewJob(TestConfigs.mlp(32, seed), null, null, null)))
                .key();
        dispatcher.run();
        return key;
    }

    /** A record that can still be read. */
    private void enlarge(UUID key) {
        jdbi.useHandle(handle -> handle.execute(
                "update outbox set value = convert_to(replace(convert_from(value, 'UTF8'), '{\"v\":1', "
                        + "'{\"v\":1,\"pad\":\"' || repeat('x', 8000000) || '\"'), 'UTF8') where record_key = ?",
                key.toString()));
    }

    private JobView job(UUID key) {
        return queries.find(key).orElseThrow();
    }

    private boolean isEmpty() {
        return jdbi.withHandle(handle -> handle.createQuery("select count(*) from outbox")
                        .mapTo(Integer.class)
                        .one())
                == 0;
    }

    private QueueOrder place(UUID key) {
        return QueueOrder.of(last(key).headers()).orElseThrow();
    }

    private ConsumerRecord<byte[], byte[]> last(UUID key) {
        List<ConsumerRecord<byte[], byte[]>> all = records(key);
        return all.get(all.size() - 1);
    }

    private List<ConsumerRecord<byte[], byte[]>> records(UUID key) {
        return TopicInspector.read(kafka, Topics.TRAIN_JOBS).stream()
                .filter(message -> new String(message.key(), StandardCharsets.UTF_8).equals(key.toString()))
                .toList();
    }
}
