package dev.trainyard.gateway.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trainyard.artifact.ArtifactRef;
import dev.trainyard.gateway.TestDatabase;
import dev.trainyard.gateway.scheduling.DispatchLimits;
import dev.trainyard.gateway.scheduling.QueuePositionSql;
import dev.trainyard.job.EpochMetrics;
import dev.trainyard.job.Score;
import dev.trainyard.message.MalformedMessageException;
import dev.trainyard.message.TrainEvent;
import dev.trainyard.message.TrainJob;
import dev.trainyard.message.Versioned;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Handing out on a real database; the test simulates the trainers. */
class JobDispatcherTest {
    private static final JobRules RULES = new JobRules(new RetryPolicy(3, () -> 0));

    private final Jdbi jdbi = TestDatabase.create();
    private final JobStore store = new JobStore(jdbi, 10_000, () -> {});
    private final JobActions actions = new JobActions(jdbi, store, () -> {});
    private final List<String> idle = new ArrayList<>();
    private final TrainEventApplier applier = new TrainEventApplier(
            jdbi,
            new TrainEventApplier.Rules(RULES, Duration.ofMinutes(1)),
            null,
            () -> {},
            () -> {},
            new SimpleMeterRegistry());
    private final Map<UUID, UUID> tokens = new HashMap<>();

    @Test
    void withoutATrainerOnlyTheWindowIsHandedOut() {
        List<UUID> keys = submit(5);
        TestDispatchers.WithTrainers dispatcher = dispatcher(2, false);
        dispatcher.run();
        dispatcher.run();
        assertThat(sent()).containsExactlyElementsOf(keys.subList(0, 2));
    }

    @Test
    void asManyJobsAreHandedOutAsThereAreFreeTrainers() {
        idle.addAll(List.of("t1", "t2", "t3"));
        List<UUID> keys = submit(7);
        TestDispatchers.WithTrainers dispatcher = dispatcher(1, false);
        dispatcher.run();
        assertThat(sent()).containsExactlyElementsOf(keys.subList(0, 3));

        claim(keys.get(0), "t1");
        dispatcher.run();
        assertThat(sent()).as("the claimed job's trainer is not free").hasSize(3);

        succeed(keys.get(0));
        dispatcher.run();
        assertThat(sent()).containsExactlyElementsOf(keys.subList(0, 4));
    }

    @Test
    void jobsThatAreNotClaimedHoldUpOthersForALimitedTime() {
        idle.add("t1");
        List<UUID> keys = submit(2);
        TestDispatchers.WithTrainers dispatcher = dispatcher(1, false);
        dispatcher.run();
        assertThat(sent()).hasSize(1);
        jdbi.useHandle(handle -> handle.execute("update job set dispatched_at = dispatched_at - interval '11 s'"));
        dispatcher.run();
        assertThat(sent()).containsExactlyElementsOf(keys);
    }

    @Test
    void aJobIsHandedOutAgainAfterADrainAPauseAndARetry() {
        idle.add("t1");
        UUID key = submit(1).get(0);
        TestDispatchers.WithTrainers dispatcher = dispatcher(1, false);
        dispatcher.run();
        claim(key, "t1");
        send(key, 1, new TrainEvent.Released("drained"));
        dispatcher.run();
        assertThat(attemptsSent(key)).containsExactly(1, 2);

        actions.perform(JobAction.PAUSE, key, () -> {});
        dispatcher.run();
        assertThat(attemptsSent(key)).containsExactly(1, 2);
        actions.perform(JobAction.RESUME, key, () -> {});
        dispatcher.run();
        assertThat(attemptsSent(key)).containsExactly(1, 2, 3);
    }

    @Test
    void aCancelledJobIsNeverHandedOut() {
        List<UUID> keys = submit(2);
        actions.perform(JobAction.CANCEL, keys.get(0), () -> {});
        dispatcher(5, false).run();
        assertThat(sent()).containsExactly(keys.get(1));
    }

    @Test
    void jobsOfTheReleaseBeforeAreOnTheirWayAlready() {
        idle.add("t1");
        UUID old = UUID.randomUUID();
        jdbi.useHandle(handle ->
                handle.execute("insert into job (key, status, config, epochs) values (?, 'queued', '{}', 1)", old));
        List<UUID> keys = submit(1);
        dispatcher(1, false).run();
        assertThat(sent()).isEmpty();
        assertThat(position(old)).isOne();
        assertThat(position(keys.get(0))).isEqualTo(2);
    }

    @Test
    void aJobOfALaterReleaseHoldsUpNoOther() {
        List<UUID> keys = submit(2);
        jdbi.useHandle(handle -> handle.execute(
                "update job set config = jsonb_set(config, '{promote}', '\"of a later release\"') where key = ?",
                keys.get(0)));
        jdbi.useHandle(handle -> handle.execute("update project set max_running = 1 where name = 'default'"));
        dispatcher(1, false).run();
        assertThat(sent()).containsExactly(keys.get(1));
    }

    @Test
    void higherPrioritiesComeFirstAndThenSubmission() {
        UUID low = submit("default", 25);
        UUID firstNormal = submit("default", 50);
        UUID secondNormal = submit("default", 50);
        UUID high = submit("default", 75);
        dispatcher(10, false).run();
        assertThat(sent()).containsExactly(high, firstNormal, secondNormal, low);
    }

    @Test
    void thePositionsAreTheOrderInWhichJobsAreHandedOut() {
        Random random = new Random(7);
        projects(Map.of("a", 1, "b", 3, "c", 7));
        IntStream.range(0, 60)
                .forEach(i -> submit(List.of("a", "b", "c").get(random.nextInt(3)), 25 * random.nextInt(5)));
        dispatcher(7, false).run(); // so that the projects have been served
        jdbi.useHandle(handle -> handle.execute("update project set max_running = 5 where name = 'c'"));
        List<UUID> expected = positions("position is not null");
        List<UUID> heldBack = positions("position is null");
        assertThat(expected).hasSizeGreaterThan(20);
        for (int i = 0; i < expected.size(); i++) {
            assertThat(position(expected.get(i))).isEqualTo(i + 1);
        }
        assertThat(heldBack).hasSizeGreaterThan(5).allSatisfy(key -> {
            assertThat(position(key)).isNull();
            assertThat(new JobQueries(jdbi).find(key).orElseThrow().waitingReason())
                    .isEqualTo("Its project runs as many jobs as its quota max_running allows.");
        });
        assertThat(new JobQueries(jdbi).find(expected.get(30)).orElseThrow().waitingReason())
                .isEqualTo("No trainer of the pool default is running.");
        dispatcher(60, false).run();
        assertThat(sent()).containsExactlyElementsOf(expected);
    }

    @Test
    void aJobThatWaitsForItsNextTryHasNoPosition() {
        UUID paused = submit("default", 75);
        UUID next = submit("default", 50);
        jdbi.useHandle(
                handle -> handle.execute("update job set queued_at = now() + interval '1 hour' where key = ?", paused));

        assertThat(position(paused)).isNull();
        assertThat(position(next)).isOne();
        assertThat(positions("position is not null")).containsExactly(next);
        assertThat(new JobQueries(jdbi).find(paused).orElseThrow().waitingReason())
                .startsWith("It is tried again at ");
        dispatcher(10, false).run();
        assertThat(sent()).containsExactly(next);
    }

    private List<UUID> positions(String condition) {
        return jdbi.withHandle(handle -> handle.createQuery("select * from (%s) jobs where %s order by position"
                        .formatted(QueuePositionSql.ofMany("selected.*", "select * from job"), condition))
                .map((rs, context) -> rs.getObject("key", UUID.class))
                .list());
    }

    @Test
    void sharesHoldOverManyStartsWithAChangeOfTheLeader() {
        projects(Map.of("a", 1, "b", 4));
        IntStream.range(0, 200).forEach(i -> submit(i % 2 == 0 ? "a" : "b", 50));
        for (int window = 1; window <= 100; window++) {
            dispatcher(window, false).run(); // each time another gateway
        }
        assertThat(number("select count(*) from job where project = 'b' and dispatched_at is not null"))
                .isEqualTo(80);
    }

    @Test
    void theQuotaOfRunningJobsIsKept() {
        projects(Map.of("a", 1));
        jdbi.useHandle(handle -> handle.execute("update project set max_running = 2 where name = 'a'"));
        List<UUID> keys = IntStream.range(0, 4).mapToObj(i -> submit("a", 50)).toList();
        TestDispatchers.WithTrainers dispatcher = dispatcher(10, false);
        dispatcher.run();
        assertThat(sent()).containsExactlyElementsOf(keys.subList(0, 2));
        claim(keys.get(0), "t1");
        succeed(keys.get(0));
        idle.add("t1");
        dispatcher(10, false).run();
        assertThat(sent()).containsExactlyElementsOf(keys.subList(0, 3));
    }

    @Test
    void anUrgentJobTakesTheTrainerOfOneJobAndThatOneContinuesLater() {
        UUID low = submit("default", 25);
        UUID normal = submit("default", 50);
        TestDispatchers.WithTrainers dispatcher = dispatcher(2, true);
        dispatcher.run();
        claim(low, "t1");
        claim(normal, "t2");
        send(low, 1, new TrainEvent.EpochEnded(metrics(), new ArtifactRef("p", "s", 1)));
        UUID high = submit("default", 75);
        UUID waiting = submit("default", 50);
        dispatcher.run();
        dispatcher.run();
        assertThat(sent()).containsExactlyInAnyOrder(low, normal, high);
        assertThat(status(normal)).isEqualTo("training_in_progress");
        assertThat(status(low)).isEqualTo("queued");
        assertThat(commands(low)).containsExactly("fenced");
        assertThat(number("select charged_attempts from job where key = ?", low))
                .isZero();

        claim(high, "t1");
        succeed(high);
        dispatcher.run();
        claim(waiting, "t1");
        succeed(waiting);
        dispatcher.run();
        assertThat(attemptsSent(low)).containsExactly(1, 2);
        assertThat(lastSent(low).checkpoints()).hasSize(1);
    }

    @Test
    void anUrgentJobOfAProjectAtItsQuotaTakesTheTrainerOfItsOwnJobAlsoIfAnotherTrainerIsFree() {
        projects(Map.of("a", 1));
        jdbi.useHandle(handle -> handle.execute("update project set max_running = 1 where name = 'a'"));
        idle.addAll(List.of("t1", "t2"));
        UUID low = submit("a", 25);
        TestDispatchers.WithTrainers dispatcher = dispatcher(1, true);
        dispatcher.run();
        claim(low, "t1");
        UUID other = submit("a", 50);
        dispatcher.run();
        assertThat(status(low)).as("only an urgent job preempts").isEqualTo("training_in_progress");
        UUID high = submit("a", 75);
        dispatcher.run();
        assertThat(status(low)).isEqualTo("queued");
        assertThat(sent()).containsExactly(low, high).doesNotContain(other);
    }

    @Test
    void withoutTheSettingNothingIsPreempted() {
        UUID low = submit("default", 25);
        TestDispatchers.WithTrainers dispatcher = dispatcher(1, false);
        dispatcher.run();
        claim(low, "t1");
        submit("default", 100);
        dispatcher.run();
        assertThat(status(low)).isEqualTo("training_in_progress");
    }

    private TestDispatchers.WithTrainers dispatcher(int window, boolean preemption) {
        return TestDispatchers.withTrainers(jdbi, idle, new DispatchLimits(window, 0, preemption));
    }

    private void projects(Map<String, Integer> weights) {
        weights.forEach((name, weight) -> jdbi.useHandle(
                handle -> handle.execute("insert into project (name, weight) values (?, ?)", name, weight)));
    }

    private List<UUID> submit(int count) {
        return IntStream.range(0, count).mapToObj(i -> submit("default", 50)).toList();
    }

    private UUID submit(String project, int priority) {
        JobStore.NewJob job = new JobStore.NewJob(TestConfigs.mlp(32, 1), null, null, null, priority, "default");
        UUID key = ((JobStore.Stored) store.submit(job)).key();
        jdbi.useHandle(handle -> handle.execute("update job set project = ? where key = ?", project, key));
        return key;
    }

    private void claim(UUID key, String worker) {
        UUID token = UUID.randomUUID();
        tokens.put(key, token);
        int attempt = attempt(key);
        applier.apply(new TrainEvent(
                Versioned.CURRENT, key, attempt, token, 0, worker, Instant.now(), new TrainEvent.Claimed()));
        assertThat(status(key)).isEqualTo("training_in_progress");
    }

    private void send(UUID key, long sequence, TrainEvent.Fact fact) {
        applier.apply(new TrainEvent(
                Versioned.CURRENT, key, attempt(key), tokens.get(key), sequence, "t", Instant.now(), fact));
    }

    private void succeed(UUID key) {
        jdbi.useHandle(handle ->
                handle.execute("update job set status = 'success', token = null, ended_at = now() where key = ?", key));
    }

    private static EpochMetrics metrics() {
        Score score = new Score(0.5, 0.5);
        return new EpochMetrics(1, score, score, 1);
    }

    private List<UUID> sent() {
        return jdbi.withHandle(
                handle -> handle.createQuery("select record_key from outbox where topic = 'train.jobs' order by id")
                        .mapTo(UUID.class)
                        .list());
    }

    private TrainJob lastSent(UUID key) {
        List<TrainJob> all = jobsSent(key);
        return all.get(all.size() - 1);
    }

    private List<Integer> attemptsSent(UUID key) {
        return jobsSent(key).stream().map(TrainJob::attempt).toList();
    }

    private List<TrainJob> jobsSent(UUID key) {
        return jdbi.withHandle(handle -> handle.createQuery(
                        "select value from outbox where topic = 'train.jobs' and record_key = :key order by id")
                .bind("key", key.toString())
                .map((rs, context) -> {
                    try {
                        return TrainJob.read(rs.getBytes(1));
                    } catch (MalformedMessageException e) {
                        throw new AssertionError(e);
                    }
                })
                .list());
    }

    private List<String> commands(UUID key) {
        return jdbi.withHandle(handle -> handle.createQuery(
                        "select cast(convert_from(value, 'UTF8') as json) ->> 'command' from outbox where topic = 'train.control' and record_key = :key")
                .bind("key", key.toString())
                .mapTo(String.class)
                .list());
    }

    private @Nullable Integer position(UUID key) {
        return jdbi.withHandle(
                handle -> handle.select("select " + QueuePositionSql.OF_ONE + " from job where key = ?", key)
                        .mapTo(Integer.class)
                        .one());
    }

    private int attempt(UUID key) {
        return number("select attempt from job where key = ?", key);
    }

    private int number(String sql, Object... values) {
        return jdbi.withHandle(
                handle -> handle.select(sql, values).mapTo(Integer.class).one());
    }

    private String status(UUID key) {
        return jdbi.withHandle(handle -> handle.createQuery("select status from job where key = :key")
                .bind("key", key)
                .mapTo(String.class)
                .one());
    }
}
