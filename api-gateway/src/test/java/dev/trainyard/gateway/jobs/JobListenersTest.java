package dev.trainyard.gateway.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.trainyard.artifact.ArtifactRef;
import dev.trainyard.gateway.TestDatabase;
import dev.trainyard.gateway.outbox.OutboxRow;
import dev.trainyard.gateway.runtime.Fence;
import dev.trainyard.job.EpochMetrics;
import dev.trainyard.job.FailureCode;
import dev.trainyard.job.JobState;
import dev.trainyard.job.JobStatus;
import dev.trainyard.job.Pools;
import dev.trainyard.job.Score;
import dev.trainyard.job.TransitionReason;
import dev.trainyard.message.TrainEvent;
import dev.trainyard.message.Versioned;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What listeners are told of jobs, on a real database. */
class JobListenersTest {
    private final Jdbi jdbi = TestDatabase.create();
    private final JobStore store = new JobStore(jdbi, 1_000, () -> {});
    private final JobActions actions = new JobActions(jdbi, store, () -> {});
    private final JobRules rules = new JobRules(new RetryPolicy(3, () -> 0));
    private final TrainEventApplier applier = new TrainEventApplier(
            jdbi,
            new TrainEventApplier.Rules(rules, Duration.ofMinutes(1)),
            null,
            () -> {},
            () -> {},
            new SimpleMeterRegistry());
    private final List<String> told = Collections.synchronizedList(new ArrayList<>());
    private final UUID token = UUID.randomUUID();
    private @Nullable RuntimeException failure;

    /** Locks a row of its own before jobs, as the studies do. */
    private class Listener implements JobListener {
        @Override
        public void beforeLock(Handle handle, Collection<UUID> jobs) {
            handle.execute("select from owner for update");
            told.add("locks " + jobs.size());
        }

        @Override
        public void epochEnded(Handle handle, JobRow job, EpochMetrics metrics) {
            told.add("epoch %d of %d, %s"
                    .formatted(metrics.epoch(), job.epochsDone(), job.state().status()));
            if (failure != null) {
                throw failure;
            }
        }

        @Override
        public void ended(Handle handle, JobRow job, JobState.Terminal state) {
            told.add(state.status().toString());
        }
    }

    @BeforeEach
    void listen() {
        jdbi.useHandle(handle -> handle.execute("create table owner as select 1 as id"));
        JobListeners.set(jdbi, () -> List.of(new Listener()));
    }

    @Test
    void anEpochIsToldWithTheStateAfterIt() {
        UUID key = running(2);
        epoch(key, 1);
        epoch(key, 2);
        assertThat(told).containsExactly("locks 1", "epoch 1 of 1, RUNNING", "locks 1", "epoch 2 of 2, PAUSED");
    }

    @Test
    void aListenerThatIsNotConcernedHearsOfNoEpochAndNoEnd() {
        JobListeners.set(
                jdbi,
                () -> List.of(new Listener() {
                    @Override
                    public boolean isConcerned(JobRow job) {
                        return job.study() != null;
                    }
                }));
        UUID key = running(null);
        epoch(key, 1);
        actions.perform(JobAction.CANCEL, key, () -> {});
        assertThat(told).isNotEmpty().allMatch(each -> each.startsWith("locks"));
    }

    @Test
    void aListenerCanPromoteInTheTransactionOfTheEpoch() {
        JobListeners.set(
                jdbi,
                () -> List.of(new JobListener() {
                    @Override
                    public void epochEnded(Handle handle, JobRow job, EpochMetrics metrics) {
                        JobHolds.promote(handle, job, null);
                    }

                    @Override
                    public void ended(Handle handle, JobRow job, JobState.Terminal state) {}
                }));
        UUID key = running(1);
        epoch(key, 1);
        assertThat(row(key).state()).isEqualTo(new JobState.Queued(2));
        assertThat(row(key).holdAfterEpoch()).isNull();
    }

    @Test
    void anExceptionOfAListenerUndoesTheEpoch() {
        UUID key = running(2);
        failure = new IllegalStateException("as the test wants it");
        assertThatThrownBy(() -> epoch(key, 1)).isSameAs(failure);
        assertThat(row(key).epochsDone()).isZero();
        failure = null;
        epoch(key, 1);
        assertThat(row(key).epochsDone()).isEqualTo(1);
    }

    @Test
    void aJobThatSucceedsFailsOrIsCancelledIsToldOnce() {
        UUID succeeded = running(null);
        UUID failed = running(null);
        jdbi.useTransaction(handle -> {
            JobRow job = JobRow.lock(handle, succeeded).orElseThrow();
            Transitions.end(
                    handle, job, ((JobState.Running) job.state()).succeed(), TransitionReason.COMPLETED, null, null);
        });
        send(failed, 1, new TrainEvent.Failed(FailureCode.CONFIGURATION_REJECTED, "bad"));
        UUID cancelled = submit(null);
        actions.perform(JobAction.CANCEL, cancelled, () -> {});
        actions.perform(JobAction.CANCEL, cancelled, () -> {});
        assertThat(ends()).containsExactly("SUCCEEDED", "FAILED", "CANCELLED");
    }

    @Test
    void aJobOfALostWorkerIsToldWhenItFails() {
        UUID key = running(null);
        told.clear();
        for (int attempt = 1; attempt <= 2; attempt++) {
            List<JobRow> lost = jdbi.inTransaction(handle -> {
                List<JobRow> jobs = JobRow.lockAvailable(handle, "status = 'training_in_progress'", Map.of());
                jobs.forEach(job -> EndedAttempts.write(handle, job, rules.lost(job)));
                return jobs;
            });
            assertThat(lost).hasSize(1);
            if (attempt == 1) {
                claim(key, 2);
            }
        }
        assertThat(ends()).containsExactly("FAILED");
        assertThat(told).startsWith("locks 1");
    }

    @Test
    void aRefusedDispatchIsTold() {
        UUID key = submit(null);
        TestDispatchers.ahead(jdbi, 1).run();
        OutboxRow record =
                jdbi.withHandle(handle -> handle.createQuery("select value from outbox where topic = 'train.jobs'")
                        .map((rs, context) ->
                                new OutboxRow(1, "train.jobs", key.toString(), rs.getBytes(1), null, null, 2, null))
                        .one());
        jdbi.useTransaction(
                handle -> new RefusedDispatchHandler(rules).quarantined(handle, record, "as the test wants it", 2));
        assertThat(ends()).containsExactly("FAILED");
    }

    @Test
    void aJobPausedForTooLongAndOneWhoseDependencyFailedAreTold() {
        UUID paused = submit(null);
        actions.perform(JobAction.PAUSE, paused, () -> {});
        jdbi.useHandle(handle -> handle.execute("update job set updated_at = now() - interval '2 days'"));
        UUID waits = submit(List.of(paused), null);
        new JobRetention(jdbi, () -> {}).cancelPaused(Duration.ofDays(1), 10);
        new DependencyResolver(jdbi, Fence.NONE, () -> {}).run();
        assertThat(row(waits).state().status()).isEqualTo(JobStatus.CANCELLED);
        assertThat(ends()).containsExactly("CANCELLED", "CANCELLED");
    }

    /** Otherwise a transaction that has locked the listener's row could wait for the job, and both for ever. */
    @Test
    void aListenersRowIsLockedBeforeAnyJob() throws Exception {
        UUID key = running(2);
        UUID paused = submit(null);
        actions.perform(JobAction.PAUSE, paused, () -> {});
        jdbi.useHandle(handle -> handle.execute("update job set updated_at = now() - interval '2 days'"));
        List<CompletableFuture<?>> others = new ArrayList<>();
        jdbi.useTransaction(handle -> {
            handle.execute("set local lock_timeout = '5s'");
            handle.execute("select from owner for update");
            others.add(CompletableFuture.runAsync(() -> epoch(key, 1)));
            others.add(CompletableFuture.runAsync(() -> actions.perform(JobAction.CANCEL, key, () -> {})));
            others.add(CompletableFuture.runAsync(
                    () -> new JobRetention(jdbi, () -> {}).cancelPaused(Duration.ofDays(1), 10)));
            await().until(() -> waitingForALock() == others.size());
            assertThat(handle.createQuery("select key from job for update")
                            .mapTo(UUID.class)
                            .list())
                    .containsExactlyInAnyOrder(key, paused);
        });
        for (CompletableFuture<?> other : others) {
            other.get(30, TimeUnit.SECONDS);
        }
        assertThat(row(paused).state().status()).isEqualTo(JobStatus.CANCELLED);
    }

    private int waitingForALock() {
        return jdbi.withHandle(handle -> handle.createQuery(
                        "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()")
                .mapTo(Integer.class)
                .one());
    }

    private List<String> ends() {
        List<String> names = List.of("SUCCEEDED", "FAILED", "CANCELLED");
        return told.stream().filter(names::contains).toList();
    }

    private UUID submit(@Nullable Integer hold) {
        return submit(List.of(), hold);
    }

    private UUID submit(List<UUID> after, @Nullable Integer hold) {
        JobStore.NewJob job =
                new JobStore.NewJob(TestConfigs.epochs(9), null, null, null, 50, "default", after, Pools.DEFAULT, hold);
        return ((JobStore.Stored) store.submit(job)).key();
    }

    private UUID running(@Nullable Integer hold) {
        UUID key = submit(hold);
        claim(key, 1);
        told.clear();
        return key;
    }

    private void claim(UUID key, int attempt) {
        applier.apply(new TrainEvent(
                Versioned.CURRENT, key, attempt, token, 0, "t", Instant.now(), new TrainEvent.Claimed()));
    }

    private void epoch(UUID key, int epoch) {
        Score score = new Score(0.5, 0.5);
        send(
                key,
                epoch,
                new TrainEvent.EpochEnded(
                        new EpochMetrics(epoch, score, score, 1), new ArtifactRef("checkpoint", "00", 1)));
    }

    private void send(UUID key, long sequence, TrainEvent.Fact fact) {
        applier.apply(new TrainEvent(Versioned.CURRENT, key, 1, token, sequence, "t", Instant.now(), fact));
    }

    private JobRow row(UUID key) {
        return jdbi.inTransaction(handle -> JobRow.read(handle, key).orElseThrow());
    }
}
