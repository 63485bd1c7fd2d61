package dev.trainyard.gateway.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.job.EpochMetrics;
import dev.trainyard.job.FailureCode;
import dev.trainyard.job.JobState;
import dev.trainyard.job.Score;
import dev.trainyard.job.TransitionReason;
import dev.trainyard.message.TrainEvent;
import dev.trainyard.message.Versioned;
import dev.trainyard.message.WireJson;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jdbi.v3.core.Jdbi;

/** Runs of jobs whose events are applied at once, without a broker and without files. */
public final class TestRuns {
    private final Jdbi jdbi;
    private final TrainEventApplier applier;
    private final Map<UUID, UUID> tokens = new ConcurrentHashMap<>();
    private final AtomicLong sequence = new AtomicLong();

    public TestRuns(Jdbi jdbi) {
        this.jdbi = jdbi;
        this.applier = new TrainEventApplier(
                jdbi,
                new TrainEventApplier.Rules(new JobRules(new RetryPolicy(3, () -> 0)), Duration.ofMinutes(1)),
                null,
                () -> {},
                () -> {},
                new SimpleMeterRegistry());
    }

    /** Jobs that a trainer would get, in the order of the queue. */
    public List<UUID> queued() {
        return jdbi.withHandle(handle -> handle.createQuery(
                        "select key from job where status = 'queued' order by priority desc, queued_at, number")
                .mapTo(UUID.class)
                .list());
    }

    /** Starts the present attempt; false if it was claimed or ended meanwhile. */
    public boolean claim(UUID key) {
        UUID token = UUID.randomUUID();
        boolean claimed = send(key, token, new TrainEvent.Claimed());
        if (claimed) {
            tokens.put(key, token);
        }
        return claimed;
    }

    public boolean epoch(UUID key, int epoch, double validationAccuracy) {
        Score validation = new Score(1 - validationAccuracy, validationAccuracy);
        return send(key, new TrainEvent.EpochEnded(new EpochMetrics(epoch, new Score(0.5, 0.5), validation, 1), null));
    }

    public boolean fail(UUID key) {
        return send(key, new TrainEvent.Failed(FailureCode.CONFIGURATION_REJECTED, "as the test wants it"));
    }

    /** As the event of a run without a model, whose files need not be read. */
    public boolean succeed(UUID key) {
        return jdbi.inTransaction(handle -> {
            Optional<JobRow> job = JobRow.lock(handle, key)
                    .filter(row -> row.state() instanceof JobState.Running && row.epochsDone() == row.epochs());
            job.ifPresent(row -> Transitions.end(
                    handle, row, ((JobState.Running) row.state()).succeed(), TransitionReason.COMPLETED, null, null));
            return job.isPresent();
        });
    }

    private boolean send(UUID key, TrainEvent.Fact fact) {
        return send(key, tokens.get(key), fact);
    }

    private boolean send(UUID key, UUID token, TrainEvent.Fact fact) {
        int attempt = jdbi.withHandle(handle -> handle.createQuery("select attempt from job where key = :key")
                .bind("key", key)
                .mapTo(Integer.class)
                .one());
        return applier.apply(new TrainEvent(
                Versioned.CURRENT,
                key,
                attempt,
                token,
                sequence.getAndIncrement(),
                "test-trainer",
                Instant.now(),
                fact));
    }

    /** State of a job that a trainer needs. */
    public record Job(UUID key, int epochsDone, int until, JsonNode config) {}

    public Job job(UUID key) {
        return jdbi.inTransaction(handle -> {
            JobRow row = JobRow.lock(handle, key).orElseThrow();
            Integer hold = row.holdAfterEpoch();
            return new Job(
                    key,
                    row.epochsDone(),
                    hold == null ? row.epochs() : hold,
                    WireJson.mapper().valueToTree(row.config()));
        });
    }

    public String status(UUID key) {
        return jdbi.withHandle(handle -> handle.createQuery("select status from job where key = :key")
                .bind("key", key)
                .mapTo(String.class)
                .one());
    }

    public void act(JobAction action, UUID key) {
        new JobActions(jdbi, new JobStore(jdbi, 1_000, () -> {}), () -> {}).perform(action, key, () -> {});
    }
}
