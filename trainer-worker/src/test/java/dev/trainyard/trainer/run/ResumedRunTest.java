package dev.trainyard.trainer.run;

import static dev.trainyard.trainer.run.TrainJobs.aTrainJob;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trainyard.artifact.FileArtifactStore;
import dev.trainyard.engine.Digits;
import dev.trainyard.engine.TrainingEngine;
import dev.trainyard.engine.dl4j.Dl4jEngine;
import dev.trainyard.engine.vector.VectorEngine;
import dev.trainyard.job.EpochMetrics;
import dev.trainyard.job.Score;
import dev.trainyard.message.TrainEvent;
import dev.trainyard.message.TrainJob;
import dev.trainyard.trainer.report.ManualClock;
import dev.trainyard.trainer.report.RecordingSink;
import dev.trainyard.trainer.report.RunEventReporter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * With real engines, a run ends at any batch of any pass and the next attempt resumes it: the published
 * file and every figure equal those of an uninterrupted run.
 */
class ResumedRunTest {
    private static final int EPOCHS = 2;
    /** 38 images, 13 of them held out, in batches of 10. */
    private static final int TRAINED = EPOCHS * 3;
    /** Least number of reported batches; an evaluation by several threads may report more. */
    private static final int BATCHES = TRAINED + EPOCHS + 2;

    private static final TrainingData DATA = new TrainingData(Digits.train(38), Digits.test(20), 10, "digest");

    /** Shared by all runs, like in a trainer: checking the native libraries takes longer than a run of this test. */
    private static final Map<String, TrainingEngine> ENGINES =
            Map.of("vector", new VectorEngine(), "dl4j", new Dl4jEngine());

    @TempDir
    Path root;

    private TrainingEngine engine;

    /** Result of a run. */
    private record Left(RecordingSink sink, StoppingEngine engine) {
        List<TrainEvent.EpochEnded> epochs() {
            return sink.facts(TrainEvent.EpochEnded.class);
        }

        TrainEvent.Succeeded success() {
            return sink.facts(TrainEvent.Succeeded.class).get(0);
        }
    }

    private static final class Killed extends Error {
        Killed() {
            super("kill -9");
        }
    }

    @ParameterizedTest
    @CsvSource({"vector, lenet5", "vector, mlp", "dl4j, lenet5", "dl4j, mlp"})
    void aRunKilledAtAnyBatchLosesAtMostAnEpochAndEndsInTheSameModelBytes(String id, String network) {
        engine = ENGINES.get(id);
        Left whole = run(aTrainJob(), network, 0, () -> {}, new StopSignal());
        assertThat(whole.engine().batches).isGreaterThanOrEqualTo(BATCHES);
        for (int batch = 1; batch <= BATCHES; batch++) {
            RecordingSink sink = new RecordingSink();
            int at = batch;
            assertThatThrownBy(() -> run(sink, aTrainJob(), network, at, ResumedRunTest::kill, new StopSignal()))
                    .isInstanceOf(Killed.class);
            List<TrainEvent.EpochEnded> before = sink.facts(TrainEvent.EpochEnded.class);
            TrainJobs next = aTrainJob();
            for (int i = before.size() - 1; i >= 0; i--) {
                next.checkpoint(i + 1, before.get(i).checkpoint());
            }
            assertSame(whole, before, run(next, network, 0, () -> {}, new StopSignal()), network + " at " + batch);
        }
    }

    @ParameterizedTest
    @CsvSource({"vector, lenet5", "vector, mlp", "dl4j, lenet5", "dl4j, mlp"})
    void aRunDrainedAtAnyBatchLosesNoneAndEndsInTheSameModelBytes(String id, String network) {
        engine = ENGINES.get(id);
        Left whole = run(aTrainJob(), network, 0, () -> {}, new StopSignal());
        for (int batch = 1; batch <= BATCHES; batch++) {
            StopSignal stop = new StopSignal();
            Left drained = run(aTrainJob(), network, batch, () -> stop.request(StopReason.DRAINING), stop);
            TrainEvent.Released released =
                    drained.sink().facts(TrainEvent.Released.class).get(0);
            TrainJobs next = aTrainJob();
            int done = drained.epochs().size();
            if (released.checkpoint() != null) {
                next.checkpoint(done, released.checkpoint());
            }
            for (int i = done - 1; i >= 0; i--) {
                next.checkpoint(i + 1, drained.epochs().get(i).checkpoint());
            }
            Left resumed = run(next, network, 0, () -> {}, new StopSignal());
            assertSame(whole, drained.epochs(), resumed, network + " at " + batch);
            assertThat(drained.engine().trained + resumed.engine().trained)
                    .as("batches trained on, %s at %d", network, batch)
                    .isEqualTo(TRAINED);
        }
    }

    @ParameterizedTest
    @CsvSource({"vector, lenet5", "vector, mlp", "dl4j, lenet5", "dl4j, mlp"})
    void aHeldRunThatGoesOnRepeatsNoBatchAndEndsInTheSameModelBytes(String id, String network) {
        engine = ENGINES.get(id);
        Left whole = run(aTrainJob(), network, 0, () -> {}, new StopSignal());
        Left held = run(aTrainJob().holdAfterEpoch(1), network, 0, () -> {}, new StopSignal());
        assertThat(held.sink().kinds()).endsWith("EpochEnded", "Released");
        TrainJobs next = aTrainJob().checkpoint(1, held.epochs().get(0).checkpoint());
        Left resumed = run(next, network, 0, () -> {}, new StopSignal());
        assertSame(whole, held.epochs(), resumed, network);
        assertThat(held.engine().trained + resumed.engine().trained).isEqualTo(TRAINED);
    }

    private static void assertSame(Left whole, List<TrainEvent.EpochEnded> before, Left resumed, String where) {
        List<TrainEvent.EpochEnded> all = new ArrayList<>(before);
        all.addAll(resumed.epochs());
        assertThat(figures(all)).as(where).isEqualTo(figures(whole.epochs()));
        assertThat(resumed.success().result())
                .as(where)
                .isEqualTo(whole.success().result());
        assertThat(resumed.success().model().sha256())
                .as(where)
                .isEqualTo(whole.success().model().sha256());
    }

    private static List<List<Object>> figures(List<TrainEvent.EpochEnded> epochs) {
        return epochs.stream()
                .map(TrainEvent.EpochEnded::metrics)
                .map(ResumedRunTest::figures)
                .toList();
    }

    private static List<Object> figures(EpochMetrics metrics) {
        Score validation = metrics.validation();
        return List.of(metrics.epoch(), metrics.train(), validation);
    }

    private static void kill() {
        throw new Killed();
    }

    private Left run(TrainJobs job, String network, int batch, Runnable happens, StopSignal stop) {
        return run(new RecordingSink(), job, network, batch, happens, stop);
    }

    private Left run(
            RecordingSink sink, TrainJobs wanted, String network, int batch, Runnable happens, StopSignal stop) {
        TrainJob job = wanted.network(network)
                .epochs(EPOCHS)
                .validationSplit(13 / 38.0)
                .build();
        ManualClock clock = new ManualClock();
        StoppingEngine stopping = new StoppingEngine(engine, batch, happens);
        RunEventReporter events = new RunEventReporter(job, UUID.randomUUID(), "worker", sink, clock);
        Duration day = Duration.ofDays(1);
        HeartbeatSender heartbeat = new HeartbeatSender(events, sink, stop, clock, () -> 0, day, day, day, () -> {});
        RunContext context = new RunContext(
                Engines.only(stopping),
                name -> DATA,
                new FileArtifactStore(root),
                (onnx, run, images) -> 0,
                ImportCheck.NONE,
                clock,
                day);
        new TrainingRun(context, job, events, stop, heartbeat).run();
        return new Left(sink, stopping);
    }
}
