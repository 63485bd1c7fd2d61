package dev.trainyard.gateway.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trainyard.gateway.TestDatabase;
import dev.trainyard.message.TrainEvent;
import dev.trainyard.message.Versioned;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;

/** Retention of jobs on a real database. */
class JobRetentionTest {
    private static final Duration MONTH = Duration.ofDays(30);
    private static final int MOST = 100;

    private final Jdbi jdbi = TestDatabase.create();
    private final JobStore store = new JobStore(jdbi, 1_000, () -> {});
    private final JobRetention retention = new JobRetention(jdbi, () -> {});

    @Test
    void anEndedJobIsDeletedWithAllItsRowsAfterItsRetention() {
        UUID young = ended("failed", 29);
        UUID old = ended("failed", 31);
        UUID live = submit(null);
        execute("update job set created_at = now() - interval '90 days' where key = ?", live);
        execute(
                "insert into job_epoch (job_key, epoch, attempt, train_loss, train_accuracy, seconds) "
                        + "values (?, 1, 1, 0, 0, 0)",
                old);
        execute("insert into idempotency_key (key, body_hash, job_key) values ('k', 'h', ?)", old);

        assertThat(retention.deleteEnded(MONTH, MOST)).isOne();

        assertThat(jobs()).containsExactlyInAnyOrder(young, live);
        for (String table : List.of("job_epoch", "job_transition", "job_event", "idempotency_key")) {
            assertThat(count("select count(*) from %s where job_key = ?".formatted(table), old))
                    .as(table)
                    .isZero();
        }
        assertThat(retention.deleteEnded(MONTH, MOST)).isZero();
    }

    @Test
    void aJobIsKeptWhileAModelVerificationCallbackOrRecordNeedsIt() {
        UUID published = ended("success", 31);
        publish(published, "M", 1);
        UUID verified = ended("success", 31);
        UUID verifying = submit(verified);
        UUID called = ended("failed", 31);
        execute("insert into callback (job_key, url, body) values (?, 'http://x', '{}')", called);
        UUID announced = ended("failed", 31);
        execute("insert into outbox (topic, record_key, value) values ('t', cast(? as text), '')", announced);

        assertThat(retention.deleteEnded(MONTH, MOST)).isZero();
        assertThat(jobs()).containsExactlyInAnyOrder(published, verified, verifying, called, announced);

        assertThat(retention.deleteCallbacks(MONTH.plusDays(2), MOST)).isZero();
        assertThat(retention.deleteCallbacks(MONTH, MOST)).isOne();
        execute("delete from outbox");
        end(verifying, "success", 31);
        assertThat(retention.deleteEnded(MONTH, MOST)).isEqualTo(3);
        assertThat(retention.deleteEnded(MONTH, MOST)).as("the verified job").isOne();
        assertThat(jobs()).containsExactly(published);
    }

    @Test
    void theLineageOfADeletedVersionIsKeptAfterItsJob() {
        UUID job = ended("success", 31);
        publish(job, "M", 1);
        execute("update model_version set deleted_at = now()");

        assertThat(retention.deleteEnded(MONTH, MOST)).isOne();

        assertThat(jobs()).isEmpty();
        assertThat(text("select metadata ->> 'job_key' from model_version")).isEqualTo(job.toString());
    }

    @Test
    void aJobKeptForItsModelLosesItsEventsAndStreamsOfItEnd() {
        UUID job = ended("success", 31);
        publish(job, "M", 1);
        assertThat(retention.deleteEventsOfEnded(MONTH, MOST)).isEqualTo(2);

        JobWaiters waiters = new JobWaiters(new JobQueries(jdbi));
        JobEventStreams streams = new JobEventStreams(
                new JobEvents(jdbi),
                waiters,
                Runnable::run,
                new JobEventStreams.Settings(Duration.ofSeconds(10), Duration.ofSeconds(10)));
        List<JobEventStreams.Event> lines =
                streams.follow(job, 0, () -> {}).collect().asList().await().atMost(Duration.ofSeconds(10));
        assertThat(lines).hasSize(2);
        assertThat(lines.get(0).comment()).isEqualTo("events 1 to 2 are no longer kept");
        assertThat(lines.get(1).data()).contains("success");
    }

    @Test
    void aJobPausedAndResumedForeverKeepsItsNewestEventsAndTransitions() {
        UUID job = submit(null);
        JobActions actions = new JobActions(jdbi, store, () -> {});
        for (int i = 0; i < 20; i++) {
            actions.perform(JobAction.PAUSE, job, () -> {});
            actions.perform(JobAction.RESUME, job, () -> {});
        }
        assertThat(count("select count(*) from job_event where job_key = ?", job))
                .isEqualTo(41);

        assertThat(retention.deleteOldEvents(10, MOST)).isEqualTo(31);
        assertThat(retention.deleteOldTransitions(10, MOST)).isEqualTo(31);

        assertThat(count("select min(id) from job_event where job_key = ?", job))
                .isEqualTo(32);
        assertThat(count("select count(*) from job_transition where job_key = ?", job))
                .isEqualTo(10);
        assertThat(retention.deleteOldEvents(10, MOST)).isZero();
        assertThat(retention.deleteOldTransitions(10, MOST)).isZero();
    }

    @Test
    void aJobPausedForTooLongIsCancelled() {
        UUID forgotten = submit(null);
        UUID paused = submit(null);
        JobActions actions = new JobActions(jdbi, store, () -> {});
        actions.perform(JobAction.PAUSE, forgotten, () -> {});
        actions.perform(JobAction.PAUSE, paused, () -> {});
        execute("update job set updated_at = now() - interval '31 days' where key = ?", forgotten);

        assertThat(retention.cancelPaused(MONTH, MOST)).isOne();

        assertThat(text("select status from job where key = ?", forgotten)).isEqualTo("cancelled");
        assertThat(text("select reason from job_transition where job_key = ? order by id desc limit 1", forgotten))
                .isEqualTo("paused_too_long");
        assertThat(text("select status from job where key = ?", paused)).isEqualTo("paused");
        assertThat(retention.cancelPaused(MONTH, MOST)).isZero();
    }

    @Test
    void aWorkerThatClaimsADeletedJobIsFenced() {
        TrainEventApplier applier = new TrainEventApplier(
                jdbi,
                new TrainEventApplier.Rules(new JobRules(new RetryPolicy(3, () -> 0)), Duration.ofMinutes(1)),
                null,
                () -> {},
                () -> {},
                new SimpleMeterRegistry());
        UUID deleted = UUID.randomUUID();
        TrainEvent.Fact[] facts = {new TrainEvent.Claimed(), new TrainEvent.Heartbeat()};
        for (int i = 0; i < facts.length; i++) {
            applier.apply(new TrainEvent(
                    Versioned.CURRENT, deleted, 1, UUID.randomUUID(), i, "late", Instant.now(), facts[i]));
        }
        assertThat(count(
                        "select count(*) from outbox where topic = 'train.control' and record_key = cast(? as text)",
                        deleted))
                .isOne();
    }

    private UUID submit(UUID verifies) {
        JobStore.NewJob wanted = new JobStore.NewJob(TestConfigs.mlp(32, 1), null, verifies, null);
        UUID key = ((JobStore.Stored) store.submit(wanted)).key();
        execute("delete from outbox where record_key = cast(? as text)", key);
        return key;
    }

    private UUID ended(String status, int daysAgo) {
        UUID key = submit(null);
        end(key, status, daysAgo);
        return key;
    }

    private void end(UUID key, String status, int daysAgo) {
        jdbi.useTransaction(handle -> {
            handle.execute(
                    "update job set status = ?, ended_at = now() - ? * interval '1 day' where key = ?",
                    status,
                    daysAgo,
                    key);
            JobEvents.add(handle, key, JobEvents.STATUS, List.of(status));
        });
    }

    private void publish(UUID job, String name, int version) {
        jdbi.useHandle(handle -> handle.execute(
                "insert into model_version (name, version, job_key, onnx, metadata, test_accuracy) values "
                        + "(?, ?, ?, '{\"path\": \"p\"}', jsonb_build_object('job_key', cast(? as text)), 1)",
                name,
                version,
                job,
                job));
    }

    private List<UUID> jobs() {
        return jdbi.withHandle(handle ->
                handle.createQuery("select key from job").mapTo(UUID.class).list());
    }

    private void execute(String sql, Object... arguments) {
        jdbi.useHandle(handle -> handle.execute(sql, arguments));
    }

    private int count(String sql, Object... arguments) {
        return jdbi.withHandle(
                handle -> handle.select(sql, arguments).mapTo(Integer.class).one());
    }

    private String text(String sql, Object... arguments) {
        return jdbi.withHandle(
                handle -> handle.select(sql, arguments).mapTo(String.class).one());
    }
}
