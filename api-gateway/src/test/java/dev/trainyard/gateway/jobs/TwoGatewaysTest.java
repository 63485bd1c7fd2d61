package dev.trainyard.gateway.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.trainyard.gateway.TestDatabase;
import dev.trainyard.gateway.runtime.Fence;
import dev.trainyard.job.TrainingConfig;
import dev.trainyard.message.Topics;
import dev.trainyard.standalone.testing.TestPlatform;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two gateways act at the same time on a real database and broker; each effect happens once. */
class TwoGatewaysTest {
    private static final int THREADS = 16;

    private final Jdbi jdbi = TestDatabase.create();
    private final JobStore one = new JobStore(jdbi, 1_000, () -> {});
    private final JobStore other = new JobStore(jdbi, 1_000, () -> {});
    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);

    @AfterEach
    void stopTheThreads() {
        threads.shutdownNow();
    }

    @Test
    void fiftyExpiredRunsAreReapedOnceEach() throws Exception {
        for (int i = 0; i < 50; i++) {
            UUID key = ((JobStore.Stored) one.submit(submit(config(i), null))).key();
            jdbi.useHandle(handle -> handle.execute(
                    "update job set status = 'training_in_progress', token = ?, lease_expires_at = now() - interval '1 s' where key = ?",
                    UUID.randomUUID(),
                    key));
        }
        jdbi.useHandle(handle -> handle.execute("delete from outbox"));
        try (TopicOffsets lag = new TopicOffsets(TestPlatform.shared().kafka())) {
            // all events of other tests on the shared broker count as applied
            lag.ends(Topics.TRAIN_EVENTS)
                    .forEach((partition, end) -> jdbi.useHandle(handle -> handle.execute(
                            "insert into event_position (partition, next_offset) values (?, ?)",
                            partition.partition(),
                            end)));
            Reaper first = reaper(lag);
            Reaper second = reaper(lag);
            List<Integer> moved = atOnce(List.of(first::poll, second::poll, first::poll, second::poll));
            assertThat(moved.stream().mapToInt(Integer::intValue).sum()).isEqualTo(50);
        }
        assertThat(count("select count(*) from job where status = 'queued' and attempt = 2"))
                .isEqualTo(50);
        assertThat(count("select count(*) from job_transition where reason = 'worker_lost'"))
                .isEqualTo(50);
        assertThat(count("select count(*) from job where dispatched_at is null"))
                .isEqualTo(50);
    }

    private Reaper reaper(TopicOffsets lag) {
        return new Reaper(
                jdbi,
                lag,
                new EventOffsets(jdbi),
                new JobRules(new RetryPolicy(3, () -> 0)),
                new Reaper.Limits(Duration.ofMinutes(10), Duration.ZERO),
                Fence.NONE,
                () -> {},
                new SimpleMeterRegistry());
    }

    @Test
    void concurrentSubmissionsWithOneKeyCreateOneJobAndAllSucceed() throws Exception {
        String key = UUID.randomUUID().toString();
        List<JobStore.SubmitResult> answers = atOnce(IntStream.range(0, THREADS)
                .<Callable<JobStore.SubmitResult>>mapToObj(
                        i -> () -> (i % 2 == 0 ? one : other).submit(submit(config(1), key)))
                .toList());
        assertThat(answers).allSatisfy(answer -> assertThat(answer).isInstanceOf(JobStore.Stored.class));
        assertThat(answers.stream()
                        .map(answer -> ((JobStore.Stored) answer).key())
                        .distinct())
                .hasSize(1);
        assertThat(answers.stream().filter(answer -> !((JobStore.Stored) answer).repeated()))
                .hasSize(1);
        assertThat(count("select count(*) from job")).isOne();
        assertThat(one.submit(submit(config(2), key))).isInstanceOf(JobStore.KeyReused.class);
    }

    private int deleteOldKeys() {
        return jdbi.withHandle(handle -> IdempotencyKeys.deleteOld(handle, Duration.ofHours(24), 100));
    }

    @Test
    void anIdempotencyKeyIsKeptFor24HoursAndAsLongAsItsJob() {
        String key = UUID.randomUUID().toString();
        JobStore.SubmitResult first = one.submit(submit(config(1), key));
        jdbi.useHandle(handle ->
                handle.execute("update idempotency_key set created_at = now() - interval '23 hours 59 minutes'"));
        assertThat(deleteOldKeys()).isZero();
        assertThat(one.submit(submit(config(1), key)))
                .isEqualTo(new JobStore.Stored(((JobStore.Stored) first).key(), true));

        jdbi.useHandle(handle ->
                handle.execute("update idempotency_key set created_at = now() - interval '24 hours 1 second'"));
        JobStore.SubmitResult second = one.submit(submit(config(2), key)); // also before it is purged
        assertThat(second).isInstanceOf(JobStore.Stored.class).isNotEqualTo(first);

        jdbi.useHandle(handle -> handle.execute("update idempotency_key set created_at = now() - interval '25 hours'"));
        assertThat(deleteOldKeys()).isOne();
        assertThat(count("select count(*) from idempotency_key")).isZero();

        UUID third = ((JobStore.Stored) one.submit(submit(config(3), key))).key();
        jdbi.useHandle(handle -> handle.execute("delete from job where key = ?", third));
        assertThat(one.submit(submit(config(4), key))).isInstanceOf(JobStore.Stored.class);
    }

    @Test
    void theOrderOfFieldsDoesNotChangeTheBody() {
        ObjectNode args = JsonNodeFactory.instance.objectNode();
        args.put("activation", "relu").put("dropout_amount", 0.1);
        ObjectNode turned = JsonNodeFactory.instance.objectNode();
        turned.put("dropout_amount", 0.1).put("activation", "relu");
        String key = UUID.randomUUID().toString();
        JobStore.SubmitResult first = one.submit(submit(config(1, args), key));
        assertThat(one.submit(submit(config(1, turned), key)))
                .isEqualTo(new JobStore.Stored(((JobStore.Stored) first).key(), true));
    }

    @Test
    void aFullQueueRejectsNewJobsButNotRepetitions() {
        JobStore small = new JobStore(jdbi, 1, () -> {});
        JobStore.SubmitResult first = small.submit(submit(config(1), "a"));
        assertThat(small.submit(submit(config(1), "a")))
                .isEqualTo(new JobStore.Stored(((JobStore.Stored) first).key(), true));
        assertThat(small.submit(submit(config(1), "b"))).isEqualTo(new JobStore.QueueFull(1));
        assertThat(count("select count(*) from idempotency_key")).isOne();
    }

    @Test
    void aFullQueueAcceptsAJobAsSoonAsOneLeftIt() {
        JobStore small = new JobStore(jdbi, 2, () -> {});
        JobStore.SubmitResult first = small.submit(submit(config(1), "a"));
        small.submit(submit(config(1), "b"));
        assertThat(small.submit(submit(config(1), "c"))).isEqualTo(new JobStore.QueueFull(2));

        UUID left = ((JobStore.Stored) first).key();
        jdbi.useHandle(handle -> handle.execute("delete from job where key = ?", left));
        assertThat(small.submit(submit(config(1), "c"))).isInstanceOf(JobStore.Stored.class);
        assertThat(small.submit(submit(config(1), "d"))).isEqualTo(new JobStore.QueueFull(2));
    }

    @Test
    void jobsOfAnotherGatewayFillTheQueueAfterASecond() {
        JobStore limited = new JobStore(jdbi, 1000, () -> {});
        limited.submit(submit(config(1), "a"));
        jdbi.useHandle(handle -> handle.execute("""
                        insert into job (key, status, config, epochs)
                        select gen_random_uuid(), 'queued', '{}', 1 from generate_series(1, 1000)
                        """));
        await().until(() -> limited.submit(submit(config(1), null)).equals(new JobStore.QueueFull(1000)));
    }

    private static JobStore.NewJob submit(TrainingConfig config, String key) {
        return new JobStore.NewJob(config, null, null, key);
    }

    private static TrainingConfig config(int seed) {
        return TestConfigs.mlp(32, seed);
    }

    private static TrainingConfig config(int seed, ObjectNode networkArgs) {
        return TestConfigs.mlp(32, seed, networkArgs);
    }

    private int count(String sql) {
        return jdbi.withHandle(
                handle -> handle.createQuery(sql).mapTo(Integer.class).one());
    }

    private <T> List<T> atOnce(List<? extends Callable<T>> tasks) throws Exception {
        CyclicBarrier start = new CyclicBarrier(tasks.size());
        List<Future<T>> running = new ArrayList<>();
        for (Callable<T> task : tasks) {
            running.add(threads.submit(() -> {
                start.await();
                return task.call();
            }));
        }
        List<T> results = new ArrayList<>();
        for (Future<T> one : running) {
            results.add(one.get());
        }
        return results;
    }
}
