package dev.trainyard.gateway.jobs;

import dev.trainyard.artifact.ArtifactRef;
import dev.trainyard.job.EpochMetrics;
import dev.trainyard.job.FailureCode;
import dev.trainyard.job.Score;
import dev.trainyard.job.TrainingResult;
import dev.trainyard.message.TrainControl;
import dev.trainyard.message.TrainEvent;
import dev.trainyard.message.TrainJob;
import dev.trainyard.message.Versioned;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.function.Consumer;

/** A simulated trainer: takes one job, reports, and may die, freeze or fail at any step. */
final class SimWorker {
    private static final Score SCORE = new Score(1, 0);
    private static final ArtifactRef ARTIFACT = new ArtifactRef("path", "00", 1);
    private static final int STEPS_AN_EPOCH = 4;

    final String name;
    private final Random random;
    private final Consumer<TrainEvent> send;
    private final boolean knowsHolds;
    /** Read completely at each start, like the compacted topic. */
    private final Map<UUID, TrainControl> orders = new HashMap<>();

    private final List<TrainControl> heardWhileFrozen = new ArrayList<>();
    private TrainJob job;
    private UUID token;
    private long sequence;
    private int epochs;
    private int epochsDone;
    private int step;
    private long sleepsUntil;

    /** @param knowsHolds false for a worker of the release before, which trains on until it is told to stop */
    SimWorker(String name, Random random, Consumer<TrainEvent> send, boolean knowsHolds) {
        this.knowsHolds = knowsHolds;
        this.name = name;
        this.random = random;
        this.send = send;
    }

    boolean isIdle(long now) {
        return job == null && now >= sleepsUntil;
    }

    void take(TrainJob record, int totalEpochs) {
        TrainControl known = orders.get(record.key());
        if (known != null && known.token() == null && known.concerns(record.key(), record.attempt(), null)) {
            return;
        }
        job = record;
        token = new UUID(random.nextLong(), random.nextLong());
        sequence = 0;
        epochs = totalEpochs;
        epochsDone = newestWhole(record.checkpoints());
        step = 0;
        report(new TrainEvent.Claimed());
    }

    /** Epochs of the checkpoint that the run resumes from; the record may be stale, and a checkpoint may be damaged. */
    private int newestWhole(List<TrainJob.Checkpoint> checkpoints) {
        for (TrainJob.Checkpoint checkpoint : checkpoints) {
            if (random.nextInt(20) > 0) {
                return checkpoint.epoch();
            }
        }
        return 0;
    }

    /** Kills the worker and restarts it after {@code millis}. */
    void die(long now, long millis) {
        job = null;
        sleepsUntil = now + millis;
    }

    /** Suspends the worker for {@code millis}; it then continues unaware. */
    void freeze(long now, long millis) {
        sleepsUntil = Math.max(sleepsUntil, now + millis);
    }

    void drain() {
        if (job != null) {
            report(new TrainEvent.Released("drained"));
            job = null;
        }
    }

    void fail(FailureCode code) {
        if (job != null) {
            report(new TrainEvent.Failed(code, "as the seed wants it"));
            job = null;
        }
    }

    void hear(TrainControl order, long now) {
        if (now < sleepsUntil) {
            heardWhileFrozen.add(order);
            return;
        }
        if (order.token() == null) {
            orders.merge(order.key(), order, (old, next) -> next.attempt() >= old.attempt() ? next : old);
        }
        if (job != null && order.concerns(job.key(), job.attempt(), token)) {
            job = null;
        }
    }

    /** One second of work. A worker that resumes after a freeze works before it receives missed commands. */
    void work(long now) {
        if (now < sleepsUntil) {
            return;
        }
        if (job != null) {
            train();
        }
        List<TrainControl> late = List.copyOf(heardWhileFrozen);
        heardWhileFrozen.clear();
        late.forEach(order -> hear(order, now));
    }

    private void train() {
        step++;
        if (epochsDone >= epochs) {
            report(new TrainEvent.Succeeded(new TrainingResult(SCORE, SCORE), ARTIFACT, ARTIFACT));
            job = null;
        } else if (step % STEPS_AN_EPOCH == 0) {
            epochsDone++;
            report(new TrainEvent.EpochEnded(new EpochMetrics(epochsDone, SCORE, null, 1), ARTIFACT));
            Integer hold = knowsHolds ? job.holdAfterEpoch() : null;
            if (hold != null && epochsDone >= hold && epochsDone < epochs) {
                report(new TrainEvent.Released("held"));
                job = null;
            }
        } else if (step % STEPS_AN_EPOCH == 2) {
            report(new TrainEvent.Heartbeat());
        }
    }

    private void report(TrainEvent.Fact fact) {
        send.accept(new TrainEvent(
                Versioned.CURRENT, job.key(), job.attempt(), token, sequence++, name, Instant.EPOCH, fact));
    }
}
