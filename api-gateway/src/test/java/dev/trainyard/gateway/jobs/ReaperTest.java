package dev.trainyard.gateway.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.trainyard.artifact.ArtifactRef;
import dev.trainyard.gateway.TestDatabase;
import dev.trainyard.gateway.runtime.Fence;
import dev.trainyard.gateway.scheduling.QueuePositionSql;
import dev.trainyard.job.EpochMetrics;
import dev.trainyard.job.FailureCode;
import dev.trainyard.job.Score;
import dev.trainyard.message.Topics;
import dev.trainyard.message.TrainEvent;
import dev.trainyard.message.Versioned;
import dev.trainyard.standalone.testing.TestPlatform;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Lost runs and lost dispatches on a real database; the test simulates broker and trainers. */
class ReaperTest {
    private static final JobRules RULES = new JobRules(new RetryPolicy(3, () -> 0));

    private final Jdbi jdbi = TestDatabase.create();
    private final Broker broker = new Broker();
    private final JobStore store = new JobStore(jdbi, 1_000, () -> {});
    private final JobDispatcher dispatcher = TestDispatchers.ahead(jdbi, 1_000);
    private final TrainEventApplier applier = new TrainEventApplier(
            jdbi,
            new TrainEventApplier.Rules(RULES, Duration.ofMinutes(1)),
            null,
            () -> {},
            () -> {},
            new SimpleMeterRegistry());

    /** A broker whose state the test sets. */
    private static final class Broker extends TopicOffsets {
        private boolean away;
        private long slowMillis;
        private long events;
        private long jobs;
        private long committedJobs;
        private boolean expired;
        /** Number of partitions of the job topic. */
        private int partitions = 1;
        /** Partition whose first record no trainer can read; -1 for none. */
        private int blocked = -1;
        /** Partition whose records were deleted unread; -1 for none. */
        private int expiredPartition = -1;

        Broker() {
            super(TestPlatform.shared().kafka());
        }

        @Override
        public Map<TopicPartition, Long> ends(String topic) {
            if (away) {
                throw new KafkaException("away");
            }
            if (slowMillis > 0) {
                try {
                    Thread.sleep(slowMillis);
                } catch (InterruptedException e) {
                    throw new KafkaException(e);
                }
            }
            return topic.equals(Topics.TRAIN_JOBS)
                    ? IntStream.range(0, partitions)
                            .mapToObj(partition -> new TopicPartition(topic, partition))
                            .collect(Collectors.toMap(Function.identity(), partition -> jobs))
                    : Map.of(new TopicPartition(topic, 0), events);
        }

        @Override
        public Map<TopicPartition, Long> starts(String topic) {
            return Map.of(new TopicPartition(topic, 0), 0L);
        }

        @Override
        public Map<TopicPartition, Position> positions(String group, String topic) {
            return ends(topic).entrySet().stream()
                    .collect(Collectors.toMap(
                            Map.Entry::getKey,
                            end -> end.getKey().partition() == blocked
                                    ? new Position(0, 0)
                                    : expired || end.getKey().partition() == expiredPartition
                                            ? new Position(end.getValue(), 0)
                                            : new Position(0, committedJobs)));
        }
    }

    @BeforeEach
    void noEventsYet() {
        jdbi.useHandle(handle -> handle.execute("insert into event_position (partition, next_offset) values (0, 0)"));
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    @Test
    void afterABrokerOutageLeasesAreCheckedOnceHeartbeatsCanHaveArrived() {
        Reaper reaper = settledReaper();
        UUID live = running();
        UUID lost = running();
        expire(live);
        expire(lost);

        broker.away = true;
        assertThatThrownBy(reaper::poll).isInstanceOf(KafkaException.class);
        broker.away = false;
        assertThat(reaper.poll()).isZero();
        heartbeat(live);
        await().until(() -> reaper.poll() == 1);
        assertThat(status(live)).isEqualTo("training_in_progress");
        assertThat(status(lost)).isEqualTo("queued");
    }

    @Test
    void aSlowReplyOfTheBrokerCountsAsAnOutage() {
        Reaper reaper = settledReaper();
        expire(running());
        broker.slowMillis = 2_100;
        assertThat(reaper.poll()).isZero();
        broker.slowMillis = 0;
        await().until(() -> reaper.poll() == 1);
    }

    @Test
    void anEventOfALaterReleaseDoesNotStopTheReaperForOtherRuns() {
        Reaper reaper = settledReaper();
        UUID unknown = running();
        UUID lost = running();
        jdbi.useHandle(handle -> handle.execute(
                "update job set config = jsonb_set(config, '{promote}', '\"of a later release\"') where key = ?",
                unknown));
        expire(unknown);
        expire(lost);
        await().until(() -> reaper.poll() == 1);
        assertThat(status(lost)).isEqualTo("queued");
        assertThat(status(unknown)).isEqualTo("training_in_progress");
    }

    @Test
    void onlyConsecutiveDeathsArePoison() {
        Reaper reaper = reaper(Duration.ZERO);
        UUID key = submit();
        die(reaper, key, 1);
        UUID token = claim(key, 2);
        send(key, 2, token, 1, new TrainEvent.EpochEnded(metrics(1), new ArtifactRef("p", "s", 1)));
        send(key, 2, token, 2, new TrainEvent.Released("drained"));
        die(reaper, key, 3);
        assertThat(status(key)).isEqualTo("queued");
        die(reaper, key, 4);
        assertThat(status(key)).isEqualTo("failed");
        assertThat(text("select failure_code from job where key = ?", key)).isEqualTo("poison");
    }

    @Test
    void aJobFailsAtItsThirdErrorWithTheLastCode() {
        UUID key = submit();
        for (int attempt = 1; attempt <= 3; attempt++) {
            assertThat(status(key)).isEqualTo("queued");
            send(
                    key,
                    attempt,
                    claim(key, attempt),
                    1,
                    new TrainEvent.Failed(FailureCode.INTERNAL_ERROR, "try " + attempt));
        }
        assertThat(status(key)).isEqualTo("failed");
        assertThat(text("select failure_code from job where key = ?", key)).isEqualTo("internal_error");
        assertThat(text("select failure_message from job where key = ?", key)).isEqualTo("try 3");
        assertThat(letters(key)).as("a failed job is not a dead letter").isZero();
    }

    @Test
    void aJobWithALostRecordIsFoundInAFullQueue() {
        Reaper reaper = reaper(Duration.ZERO);
        UUID lost = submit();
        UUID claimed = submit();
        UUID young = submit();
        age(lost);
        age(claimed);
        broker.jobs = 3;
        broker.committedJobs = 3;
        assertThat(reaper.poll()).as("not sent yet").isZero();

        sent();
        broker.committedJobs = 1;
        assertThat(reaper.poll()).as("not consumed yet").isZero();

        broker.jobs = 50; // it never runs empty
        broker.committedJobs = 20;
        broker.events = 1;
        assertThat(reaper.poll()).as("a claim may be pending").isZero();

        claim(claimed, 1);
        jdbi.useHandle(handle -> handle.execute("update event_position set next_offset = 1"));
        assertThat(reaper.poll()).isOne();
        assertThat(status(claimed)).isEqualTo("training_in_progress");
        assertThat(count("select attempt from job where key = ?", lost)).isEqualTo(2);
        assertThat(count("select attempt from job where key = ?", young)).isOne();
        dispatcher.run();
        assertThat(count(
                        "select count(*) from outbox where topic = '%s' and record_key = cast(? as text)"
                                .formatted(Topics.TRAIN_JOBS),
                        lost))
                .isOne();
    }

    @Test
    void anUnreadableRecordIsNotDispatchedForEver() {
        Reaper reaper = reaper(Duration.ZERO);
        UUID key = submit();
        for (int attempt = 1; attempt <= 4; attempt++) {
            assertThat(status(key)).isEqualTo("queued");
            assertThat(count("select attempt from job where key = ?", key)).isEqualTo(attempt);
            sent();
            age(key);
            assertThat(reaper.poll()).isOne();
        }
        assertThat(status(key)).isEqualTo("failed");
        assertThat(text("select failure_code from job where key = ?", key)).isEqualTo("never_claimed");
        assertThat(text("select failure_message from job where key = ?", key)).contains("dead-letters");
        assertThat(letters(key)).isOne();
        assertThat(reaper.poll()).isZero();
    }

    @Test
    void aJobOlderThanTheRetentionOfItsRecordIsDispatchedAgain() {
        Reaper reaper = reaper(Duration.ZERO);
        UUID key = submit();
        broker.jobs = 1;
        broker.expired = true;
        for (int attempt = 1; attempt <= 9; attempt++) {
            assertThat(status(key)).isEqualTo("queued");
            assertThat(count("select attempt from job where key = ?", key)).isEqualTo(attempt);
            sent();
            age(key);
            assertThat(reaper.poll()).isOne();
        }
        assertThat(status(key)).isEqualTo("queued");
        assertThat(text("select reason from job_transition where job_key = ? order by id desc limit 1", key))
                .isEqualTo("record_expired");
    }

    @Test
    void aRecordThatNoTrainerCanReadDelaysOnlyLostJobsOfItsPartition() {
        Reaper reaper = reaper(Duration.ZERO);
        broker.partitions = 3;
        broker.blocked = 1;
        broker.jobs = 8;
        broker.committedJobs = 8;
        Set<UUID> found = new HashSet<>();
        Set<UUID> held = new HashSet<>();
        for (int i = 0; i < 12; i++) {
            UUID key = submit();
            age(key);
            long number = count("select number from job where key = ?", key);
            boolean there = number % 3 == 1 || EventOffsets.partition(key, 3) == 1;
            (there ? held : found).add(key);
        }
        sent();
        assertThat(reaper.poll()).isEqualTo(found.size());
        assertThat(found).allMatch(key -> count("select attempt from job where key = ?", key) == 2);
        assertThat(held).allMatch(key -> count("select attempt from job where key = ?", key) == 1);

        broker.blocked = -1;
        assertThat(reaper.poll()).as("once a later release has read it").isEqualTo(held.size());
    }

    @Test
    void expiredRecordsOfThePreviousReleaseAreFoundInThePartitionOfTheirKey() {
        Reaper reaper = reaper(Duration.ZERO);
        UUID key = submit();
        long number = count("select number from job where key = ?", key);
        while (EventOffsets.partition(key, 3) == number % 3) {
            key = submit();
            number = count("select number from job where key = ?", key);
        }
        broker.partitions = 3;
        broker.jobs = 1;
        broker.committedJobs = 1;
        broker.expiredPartition = EventOffsets.partition(key, 3);
        sent();
        age(key);
        assertThat(reaper.poll()).isOne();
        assertThat(text("select reason from job_transition where job_key = ? order by id desc limit 1", key))
                .isEqualTo("record_expired");
    }

    @Test
    void aJobThatIsDispatchedAgainKeepsItsPlaceInTheQueue() {
        Reaper reaper = reaper(Duration.ZERO);
        JobDispatcher oneAtATime = TestDispatchers.ahead(jdbi, 1);
        UUID key = waiting();
        oneAtATime.run();
        jdbi.useHandle(handle -> handle.execute("delete from outbox"));
        age(key);
        UUID later = waiting();
        assertThat(reaper.poll()).isOne();
        oneAtATime.run();
        assertThat(keysOnTheirWay()).containsExactly(key);
        assertThat(count("select " + QueuePositionSql.OF_ONE + " from job where key = ?", key))
                .isOne();
        jdbi.useHandle(handle -> handle.execute("delete from outbox"));
        assertThat(reaper.poll()).as("the new record has its full time limit").isZero();
        assertThat(count("select attempt from job where key = ?", later)).isOne();
    }

    @Test
    void aJobThatWaitsInTheDatabaseIsNotALostDispatch() {
        Reaper reaper = reaper(Duration.ZERO);
        UUID key = waiting();
        jdbi.useHandle(handle -> handle.execute(
                "update job set queued_at = now() - interval '1 hour', updated_at = now() - interval '1 hour'"));
        broker.jobs = 1;
        broker.committedJobs = 1;
        assertThat(reaper.poll()).isZero();
        assertThat(count("select attempt from job where key = ?", key)).isOne();
    }

    private List<UUID> keysOnTheirWay() {
        return jdbi.withHandle(handle -> handle.createQuery("select record_key from outbox where topic = 'train.jobs'")
                .mapTo(UUID.class)
                .list());
    }

    @Test
    void aClaimBetweenTwoLostRecordsResetsTheCount() {
        Reaper reaper = reaper(Duration.ZERO);
        UUID key = submit();
        for (int attempt = 1; attempt <= 8; attempt++) {
            sent();
            if (attempt == 4) {
                send(key, 4, claim(key, 4), 1, new TrainEvent.Released("drained"));
            } else {
                age(key);
                assertThat(reaper.poll()).isOne();
            }
        }
        assertThat(text("select failure_code from job where key = ?", key)).isEqualTo("never_claimed");
    }

    @Test
    void aStandbyGatewayReapsAtOnceWhenItTakesTheLead() {
        Reaper standby = reaper(Duration.ofMillis(500));
        await().until(() -> {
            standby.observe();
            return standby.isSettled();
        });
        expire(running());
        assertThat(standby.poll()).isOne();

        broker.away = true;
        assertThatThrownBy(standby::observe).isInstanceOf(KafkaException.class);
        broker.away = false;
        expire(running());
        assertThat(standby.poll()).as("after an outage seen in standby").isZero();
    }

    /** Returns a reaper whose broker check has settled. */
    private Reaper settledReaper() {
        Reaper reaper = reaper(Duration.ofMillis(500));
        expire(running());
        assertThat(reaper.poll()).as("just started").isZero();
        await().until(() -> reaper.poll() == 1);
        return reaper;
    }

    private Reaper reaper(Duration settling) {
        return new Reaper(
                jdbi,
                broker,
                new EventOffsets(jdbi),
                RULES,
                new Reaper.Limits(Duration.ofSeconds(30), settling),
                Fence.NONE,
                () -> {},
                new SimpleMeterRegistry());
    }

    private void die(Reaper reaper, UUID key, int attempt) {
        claim(key, attempt);
        expire(key);
        assertThat(reaper.poll()).isOne();
    }

    private UUID running() {
        UUID key = submit();
        claim(key, 1);
        return key;
    }

    /** Submits a job and hands it out. */
    private UUID submit() {
        UUID key = waiting();
        dispatcher.run();
        return key;
    }

    private UUID waiting() {
        return ((JobStore.Stored) store.submit(new JobStore.NewJob(TestConfigs.mlp(32, 1), null, null, null))).key();
    }

    private UUID claim(UUID key, int attempt) {
        UUID token = UUID.randomUUID();
        send(key, attempt, token, 0, new TrainEvent.Claimed());
        return token;
    }

    private void send(UUID key, int attempt, UUID token, long sequence, TrainEvent.Fact fact) {
        TrainEvent event =
                new TrainEvent(Versioned.CURRENT, key, attempt, token, sequence, "test-trainer", Instant.now(), fact);
        assertThat(applier.apply(event)).isTrue();
    }

    private static EpochMetrics metrics(int epoch) {
        Score score = new Score(0.5, 0.5);
        return new EpochMetrics(epoch, score, score, 1);
    }

    private void heartbeat(UUID key) {
        UUID token = UUID.fromString(text("select cast(token as text) from job where key = ?", key));
        send(key, 1, token, 5, new TrainEvent.Heartbeat());
    }

    private void expire(UUID key) {
        jdbi.useHandle(handle ->
                handle.execute("update job set lease_expires_at = now() - interval '1 s' where key = ?", key));
    }

    private void age(UUID key) {
        jdbi.useHandle(handle -> handle.execute(
                "update job set queued_at = now() - interval '1 minute' - number * interval '1 ms', "
                        + "dispatched_at = now() - interval '1 minute' - number * interval '1 ms', "
                        + "updated_at = now() - interval '1 minute' where key = ?",
                key));
    }

    /** Hands out the waiting jobs and sends all records. */
    private void sent() {
        dispatcher.run();
        jdbi.useHandle(handle -> handle.execute("delete from outbox"));
    }

    private int letters(UUID key) {
        return count(
                "select count(*) from outbox where topic = '%s' and record_key = cast(? as text)"
                        .formatted(Topics.TRAIN_JOBS_DEAD_LETTER),
                key);
    }

    private String status(UUID key) {
        return text("select status from job where key = ?", key);
    }

    private String text(String sql, UUID key) {
        return jdbi.withHandle(
                handle -> handle.select(sql, key).mapTo(String.class).one());
    }

    private int count(String sql, UUID key) {
        return jdbi.withHandle(
                handle -> handle.select(sql, key).mapTo(Integer.class).one());
    }
}
