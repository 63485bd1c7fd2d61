package dev.trainyard.gateway.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trainyard.artifact.ArtifactRef;
import dev.trainyard.gateway.TestDatabase;
import dev.trainyard.job.EpochMetrics;
import dev.trainyard.job.FailureCode;
import dev.trainyard.job.JobStatus;
import dev.trainyard.job.Pools;
import dev.trainyard.job.Score;
import dev.trainyard.job.TransitionReason;
import dev.trainyard.message.MalformedMessageException;
import dev.trainyard.message.TrainControl;
import dev.trainyard.message.TrainEvent;
import dev.trainyard.message.TrainJob;
import dev.trainyard.message.Versioned;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Jobs of nine epochs that are held, on a real database; the test simulates the trainers. */
class JobHoldsTest {
    private final Jdbi jdbi = TestDatabase.create();
    private final JobStore store = new JobStore(jdbi, 1_000, () -> {});
    private final JobActions actions = new JobActions(jdbi, store, () -> {});
    private final JobQueries queries = new JobQueries(jdbi);
    private final JobDispatcher dispatcher = TestDispatchers.ahead(jdbi, 100);
    private final JobRules rules = new JobRules(new RetryPolicy(3, () -> 0));
    private final TrainEventApplier applier = new TrainEventApplier(
            jdbi,
            new TrainEventApplier.Rules(rules, Duration.ofMinutes(1)),
            null,
            () -> {},
            () -> {},
            new SimpleMeterRegistry());
    private final Map<UUID, TrainEvent> claims = new HashMap<>();
    private final Map<UUID, Long> sequences = new HashMap<>();

    @Test
    void aJobIsHeldAfterItsEpochAndNothingIsCharged() throws Exception {
        UUID key = running(3);
        assertThat(sent(key).holdAfterEpoch()).isEqualTo(3);
        epoch(key, 1);
        epoch(key, 2);
        assertThat(status(key)).isEqualTo(JobStatus.RUNNING);
        epoch(key, 3);

        JobRow held = row(key);
        assertThat(held.isHeld()).isTrue();
        assertThat(held.failureCounts()).isEqualTo(new RetryPolicy.FailureCounts(0, 0));
        assertThat(held.attempt()).isEqualTo(1);
        assertThat(reasons(key)).endsWith(TransitionReason.CLAIMED, TransitionReason.RUNG);
        assertThat(lastCommand(key)).isEqualTo(TrainControl.Command.PAUSE);
        assertThat(job(key).currentEpoch()).isEqualTo(3);
    }

    @Test
    void laterEventsOfTheHeldRunHaveNoEffect() {
        UUID key = held(3);
        assertThat(send(key, new TrainEvent.Released("held"))).isFalse();
        assertThat(send(key, new TrainEvent.Heartbeat())).isFalse();
        assertThat(send(key, ended(4))).as("of a worker that knows no holds").isFalse();
        assertThat(row(key).isHeld()).isTrue();
        assertThat(row(key).epochsDone()).isEqualTo(3);
    }

    @Test
    void aPromotedJobGoesOnAfterItsCheckpointToItsNextHoldAndThenToItsEnd() throws Exception {
        UUID key = held(1);
        promote(key, 3);
        assertThat(status(key)).isEqualTo(JobStatus.QUEUED);
        assertThat(reasons(key)).endsWith(TransitionReason.RUNG, TransitionReason.PROMOTED);
        dispatcher.run();
        TrainJob second = sent(key);
        assertThat(second.attempt()).isEqualTo(2);
        assertThat(second.holdAfterEpoch()).isEqualTo(3);
        assertThat(second.checkpoints()).extracting(TrainJob.Checkpoint::epoch).containsExactly(1);

        claim(key);
        epoch(key, 2);
        epoch(key, 3);
        assertThat(row(key).isHeld()).isTrue();
        promote(key, null);
        dispatcher.run();
        assertThat(sent(key).holdAfterEpoch()).isNull();
        assertThat(sent(key).checkpoints())
                .extracting(TrainJob.Checkpoint::epoch)
                .containsExactly(3, 2, 1);
        claim(key);
        for (int epoch = 4; epoch <= 9; epoch++) {
            epoch(key, epoch);
        }
        assertThat(status(key)).isEqualTo(JobStatus.RUNNING);
        assertThat(row(key).failureCounts()).isEqualTo(new RetryPolicy.FailureCounts(0, 0));
    }

    @Test
    void aPromotedJobIsHandedOutBeforeJobsThatWereQueuedAfterIt() {
        List<UUID> before = List.of(submit(null), submit(null));
        UUID key = submit(1);
        List<UUID> after = List.of(submit(null), submit(1));
        hold(key);
        promote(key, 3);
        assertThat(waiting()).containsExactly(before.get(0), before.get(1), key, after.get(0), after.get(1));
        assertThat(micros("select min(queued_at) from job where number > (select number from job where key = ?)", key))
                .as("so that the age of the queue does not count the time for which it was held")
                .isEqualTo(micros("select queued_at from job where key = ?", key) + 1);
    }

    @Test
    void aPromotedJobWaitsFromItsPromotionIfNoOtherWaits() {
        UUID key = held(1);
        jdbi.useHandle(handle ->
                handle.execute("update job set queued_at = queued_at - interval '1 hour' where key = ?", key));
        long promoted = micros("select now() where cast(? as uuid) is not null", key);
        promote(key, 3);
        assertThat(micros("select queued_at from job where key = ?", key)).isGreaterThan(promoted);
    }

    @Test
    void onlyAHeldJobIsPromotedAndOnlyToALaterEpoch() {
        UUID running = running(3);
        epoch(running, 1);
        assertThatThrownBy(() -> promote(running, 4))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("is not held");
        perform(JobAction.PAUSE, running);
        assertThatThrownBy(() -> promote(running, 4)).isInstanceOf(IllegalStateException.class);
        UUID held = held(2);
        assertThatThrownBy(() -> promote(held, 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cannot be held after 2");
        promote(held, 3);
        assertThatThrownBy(() -> promote(held, 4)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aHoldAfterTheLastEpochOrLaterIsNone() {
        UUID key = running(9);
        for (int epoch = 1; epoch <= 9; epoch++) {
            epoch(key, epoch);
        }
        assertThat(status(key)).isEqualTo(JobStatus.RUNNING);
    }

    @Test
    void aClientCanCancelAHeldJobAndCanNeitherPauseNorResumeIt() {
        UUID key = held(3);
        perform(JobAction.PAUSE, key);
        assertThat(reasons(key)).endsWith(TransitionReason.RUNG);
        JobActions.Refused refused = (JobActions.Refused) actions.perform(JobAction.RESUME, key, () -> {});
        assertThat(refused.sentence())
                .isEqualTo("The job has status paused; it is held after epoch 3 until its study promotes it;"
                        + " cancel it to end it.");
        assertThat(row(key).isHeld()).isTrue();
        perform(JobAction.CANCEL, key);
        assertThat(status(key)).isEqualTo(JobStatus.CANCELLED);
    }

    @Test
    void aJobThatItsClientPausedBeforeItsHoldIsHeldAfterItWasResumed() throws Exception {
        UUID key = running(3);
        epoch(key, 1);
        perform(JobAction.PAUSE, key);
        assertThat(send(key, ended(2))).isFalse();
        perform(JobAction.RESUME, key);
        dispatcher.run();
        assertThat(sent(key).holdAfterEpoch()).isEqualTo(3);
        claim(key);
        epoch(key, 2);
        epoch(key, 3);
        assertThat(row(key).isHeld()).isTrue();
    }

    @Test
    void aPromotedJobThatItsClientPausesGoesOnToItsHoldWhenItIsResumed() throws Exception {
        UUID key = held(1);
        promote(key, 3);
        perform(JobAction.PAUSE, key);
        assertThat(row(key).isHeld()).isFalse();
        perform(JobAction.RESUME, key);
        dispatcher.run();
        assertThat(sent(key).holdAfterEpoch()).isEqualTo(3);
        assertThat(sent(key).attempt()).isEqualTo(3);
    }

    @Test
    void aFailedJobThatIsRetriedKeepsItsHold() throws Exception {
        UUID key = running(3);
        epoch(key, 1);
        send(key, new TrainEvent.Failed(FailureCode.CONFIGURATION_REJECTED, "as the test wants it"));
        assertThat(status(key)).isEqualTo(JobStatus.FAILED);
        perform(JobAction.RETRY, key);
        dispatcher.run();
        assertThat(sent(key).holdAfterEpoch()).isEqualTo(3);
    }

    @Test
    void aJobWhoseWorkerIsLostBeforeItsHoldIsChargedAndHeldByItsNextRun() throws Exception {
        UUID key = running(3);
        epoch(key, 1);
        jdbi.useTransaction(handle -> {
            JobRow job = JobRow.lock(handle, key).orElseThrow();
            EndedAttempts.write(handle, job, rules.lost(job));
        });
        assertThat(row(key).failureCounts().chargedAttempts()).isEqualTo(1);
        dispatcher.run();
        assertThat(sent(key).holdAfterEpoch()).isEqualTo(3);
        claim(key);
        epoch(key, 2);
        epoch(key, 3);
        assertThat(row(key).isHeld()).isTrue();
        assertThat(row(key).failureCounts().chargedAttempts()).isEqualTo(1);
    }

    /** Both ran while the gateways were upgraded: one of the release before applied the epochs without the hold. */
    @Test
    void aRunBeyondItsHoldIsHeldAfterItsNextEpoch() {
        UUID key = running(1);
        jdbi.useHandle(handle -> handle.execute("update job set hold_after_epoch = null where key = ?", key));
        epoch(key, 1);
        epoch(key, 2);
        jdbi.useHandle(handle -> handle.execute("update job set hold_after_epoch = 1 where key = ?", key));
        epoch(key, 3);
        assertThat(row(key).isHeld()).isTrue();
    }

    @Test
    void aStudyEndsItsJobsInAnyState() {
        UUID held = held(1);
        UUID running = running(3);
        UUID waiting = submit(1);
        for (UUID key : List.of(held, running, waiting)) {
            jdbi.useTransaction(handle -> JobHolds.cancel(
                    handle,
                    JobRow.lock(handle, key).orElseThrow(),
                    TransitionReason.CANCELLED_BY_CLIENT,
                    "the study ended"));
            assertThat(status(key)).isEqualTo(JobStatus.CANCELLED);
            assertThat(lastCommand(key)).isEqualTo(TrainControl.Command.CANCEL);
        }
        int transitions = reasons(held).size();
        jdbi.useTransaction(handle -> JobHolds.cancel(
                handle, JobRow.lock(handle, held).orElseThrow(), TransitionReason.CANCELLED_BY_CLIENT, null));
        assertThat(reasons(held)).as("it had ended").hasSize(transitions);
    }

    private UUID held(int hold) {
        UUID key = submit(hold);
        hold(key);
        return key;
    }

    /** Runs a submitted job to its hold, whichever jobs wait before it. */
    private void hold(UUID key) {
        claim(key);
        for (int epoch = 1; epoch <= row(key).holdAfterEpoch(); epoch++) {
            epoch(key, epoch);
        }
        assertThat(row(key).isHeld()).isTrue();
    }

    private UUID running(int hold) {
        UUID key = submit(hold);
        dispatcher.run();
        claim(key);
        return key;
    }

    private UUID submit(@Nullable Integer hold) {
        JobStore.NewJob job = new JobStore.NewJob(
                TestConfigs.epochs(9), null, null, null, 50, "default", List.of(), Pools.DEFAULT, hold);
        return ((JobStore.Stored) store.submit(job)).key();
    }

    private void claim(UUID key) {
        int attempt = row(key).attempt();
        TrainEvent claim = new TrainEvent(
                Versioned.CURRENT, key, attempt, UUID.randomUUID(), 0, "t", Instant.now(), new TrainEvent.Claimed());
        claims.put(key, claim);
        sequences.put(key, 0L);
        assertThat(applier.apply(claim)).isTrue();
    }

    private void epoch(UUID key, int epoch) {
        assertThat(send(key, ended(epoch))).isTrue();
    }

    private static TrainEvent.EpochEnded ended(int epoch) {
        Score score = new Score(0.5, 0.5);
        return new TrainEvent.EpochEnded(
                new EpochMetrics(epoch, score, score, 1), new ArtifactRef("checkpoint-" + epoch, "00", 1));
    }

    private boolean send(UUID key, TrainEvent.Fact fact) {
        TrainEvent claim = claims.get(key);
        long sequence = sequences.merge(key, 1L, Long::sum);
        return applier.apply(new TrainEvent(
                Versioned.CURRENT, key, claim.attempt(), claim.token(), sequence, "t", Instant.now(), fact));
    }

    private void promote(UUID key, @Nullable Integer nextHold) {
        jdbi.useTransaction(
                handle -> JobHolds.promote(handle, JobRow.lock(handle, key).orElseThrow(), nextHold));
    }

    private void perform(JobAction action, UUID key) {
        assertThat(actions.perform(action, key, () -> {})).isInstanceOf(JobActions.Applied.class);
    }

    private JobRow row(UUID key) {
        return jdbi.inTransaction(handle -> JobRow.lock(handle, key).orElseThrow());
    }

    private JobView job(UUID key) {
        return queries.find(key).orElseThrow();
    }

    private JobStatus status(UUID key) {
        return row(key).state().status();
    }

    private List<TransitionReason> reasons(UUID key) {
        return jdbi.withHandle(
                handle -> handle.createQuery("select reason from job_transition where job_key = :key order by id")
                        .bind("key", key)
                        .map((rs, context) -> TransitionReason.of(rs.getString(1)))
                        .list());
    }

    private List<UUID> waiting() {
        return jdbi.withHandle(handle -> handle.createQuery(
                        "select key from job where status = 'queued' order by priority desc, queued_at, number")
                .mapTo(UUID.class)
                .list());
    }

    private long micros(String sql, UUID key) {
        return jdbi.withHandle(
                handle -> handle.createQuery("select cast(extract(epoch from (" + sql + ")) * 1000000 as bigint)")
                        .bind(0, key)
                        .mapTo(Long.class)
                        .one());
    }

    private TrainJob sent(UUID key) throws MalformedMessageException {
        return TrainJob.read(lastRecord("train.jobs", key));
    }

    private TrainControl.Command lastCommand(UUID key) {
        try {
            return TrainControl.read(lastRecord("train.control", key)).command();
        } catch (MalformedMessageException e) {
            throw new AssertionError(e);
        }
    }

    private byte[] lastRecord(String topic, UUID key) {
        return jdbi.withHandle(handle -> handle.createQuery(
                        "select value from outbox where topic = :topic and record_key = :key order by id desc limit 1")
                .bind("topic", topic)
                .bind("key", key.toString())
                .mapTo(byte[].class)
                .one());
    }
}
