package dev.trainyard.trainer.run;

import static dev.trainyard.trainer.run.TrainJobs.aTrainJob;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trainyard.artifact.ArtifactPaths;
import dev.trainyard.artifact.ArtifactRef;
import dev.trainyard.artifact.ArtifactStore;
import dev.trainyard.artifact.DiskFullException;
import dev.trainyard.artifact.FileArtifactStore;
import dev.trainyard.artifact.ModelMetadata;
import dev.trainyard.artifact.StorageUnavailableException;
import dev.trainyard.engine.EngineUnavailableException;
import dev.trainyard.engine.ExportGate;
import dev.trainyard.job.FailureCode;
import dev.trainyard.job.Score;
import dev.trainyard.job.TrainingResult;
import dev.trainyard.message.TrainEvent;
import dev.trainyard.message.TrainJob;
import dev.trainyard.message.WireJson;
import dev.trainyard.trainer.report.ManualClock;
import dev.trainyard.trainer.report.RecordingSink;
import dev.trainyard.trainer.report.RunEventReporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainingRunTest {
    @TempDir
    Path root;

    private final FakeEngine engine = new FakeEngine();
    private final ManualClock clock = new ManualClock();
    private final RecordingSink sink = new RecordingSink();
    private final StopSignal stop = new StopSignal();
    private Datasets datasets = name -> TrainJobs.data(100, 30);
    private ExportGate gate = (onnx, run, images) -> 1e-7;
    private ArtifactStore store;
    private RunEventReporter events;

    @BeforeEach
    void openTheStore() {
        store = new FileArtifactStore(root);
    }

    @Test
    void aRunReportsEachEpochAndThenItsResult() {
        RunOutcome outcome = run(aTrainJob().epochs(2).build());

        assertThat(sink.kinds()).containsExactly("EpochEnded", "EpochEnded", "Succeeded");
        assertThat(sink.events).extracting(TrainEvent::sequence).containsExactly(0L, 1L, 2L);
        assertThat(sink.facts(TrainEvent.EpochEnded.class))
                .extracting(event -> event.metrics().epoch())
                .containsExactly(1, 2);
        assertThat(outcome).isInstanceOf(RunOutcome.Succeeded.class);
        assertThat(engine.closed).isTrue();
    }

    @Test
    void trainAndTestFiguresComeFromTheirOwnSplits() {
        run(aTrainJob().build());

        assertThat(sink.facts(TrainEvent.Succeeded.class).get(0).result())
                .isEqualTo(new TrainingResult(new Score(0.5, 0.100), new Score(0.5, 0.030)));
    }

    @Test
    void theModelIsStoredWithItsProvenance() throws Exception {
        TrainJob job = aTrainJob().build();
        run(job);

        TrainEvent.Succeeded success = sink.facts(TrainEvent.Succeeded.class).get(0);
        assertThat(store.read(success.model())).asString().isEqualTo("onnx");
        ModelMetadata metadata = WireJson.mapper().readValue(store.read(success.metadata()), ModelMetadata.class);
        assertThat(metadata.jobKey()).isEqualTo(job.key());
        assertThat(metadata.datasetSha256()).isEqualTo("digest");
        assertThat(metadata.engine()).isEqualTo("fake 1");
        assertThat(metadata.inputShape()).containsExactly(1, 28, 28);
        assertThat(metadata.metrics()).isEqualTo(success.result());
        assertThat(metadata.trust()).isNull();
        assertThat(metadata.trustMissing()).contains("0 images were held out").contains("validation_split");
        assertThat(success.model().path()).contains("attempt-1-" + events.token());
    }

    @Test
    void withoutSaveWeightsNoModelIsPublished() {
        run(aTrainJob().saveWeights(false).build());

        TrainEvent.Succeeded success = sink.facts(TrainEvent.Succeeded.class).get(0);
        assertThat(success.model()).isNull();
        assertThat(success.metadata()).isNull();
    }

    @Test
    void aHeldRunStopsAfterTheCheckpointOfItsEpochAndGivesTheJobBack() {
        RunOutcome outcome = run(aTrainJob().epochs(4).holdAfterEpoch(2).build());

        assertThat(sink.kinds()).containsExactly("EpochEnded", "EpochEnded", "Released");
        assertThat(sink.facts(TrainEvent.EpochEnded.class).get(1).checkpoint()).isNotNull();
        assertThat(sink.facts(TrainEvent.Released.class).get(0).checkpoint()).isNull();
        assertThat(outcome).isEqualTo(new RunOutcome.Stopped(StopReason.HELD));
        assertThat(engine.closed).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void aHoldAfterTheLastEpochIsNone(int hold) {
        RunOutcome outcome = run(aTrainJob().epochs(2).holdAfterEpoch(hold).build());

        assertThat(sink.kinds()).containsExactly("EpochEnded", "EpochEnded", "Succeeded");
        assertThat(outcome).isInstanceOf(RunOutcome.Succeeded.class);
    }

    /** A gateway of the release before has not held the job, so that it comes again. */
    @Test
    void aRunBeyondItsHoldStopsAfterOneEpoch() throws Exception {
        run(aTrainJob().epochs(4).holdAfterEpoch(1).checkpoint(1, checkpoint(1)).build());

        assertThat(engine.resumedAfter).isEqualTo(1);
        assertThat(sink.kinds()).containsExactly("EpochEnded", "Released");
    }

    @Test
    void aRunResumesFromTheNewestIntactCheckpoint() throws Exception {
        run(aTrainJob()
                .epochs(4)
                .checkpoint(3, checkpoint(3))
                .checkpoint(2, checkpoint(2))
                .build());

        assertThat(engine.resumedAfter).isEqualTo(3);
        assertThat(sink.kinds()).containsExactly("EpochEnded", "Succeeded");
    }

    @Test
    void aDamagedCheckpointFallsBackToTheOneBefore() throws Exception {
        ArtifactRef damaged = checkpoint(3);
        Files.write(root.resolve(damaged.path()), new byte[] {9});
        run(aTrainJob()
                .epochs(4)
                .checkpoint(3, damaged)
                .checkpoint(2, checkpoint(2))
                .build());

        assertThat(engine.resumedAfter).isEqualTo(2);
        assertThat(sink.kinds()).containsExactly("EpochEnded", "EpochEnded", "Succeeded");
    }

    @Test
    void withoutAUsableCheckpointTheRunStartsFromTheBeginning() {
        ArtifactRef missing = new ArtifactRef("jobs/gone.bin", "00", 1);
        run(aTrainJob().epochs(1).checkpoint(1, missing).build());

        assertThat(engine.resumedAfter).isEqualTo(-1);
        assertThat(sink.kinds()).containsExactly("EpochEnded", "Succeeded");
    }

    @Test
    void aCancelEndsTheRunAtTheNextBatchWithoutAReport() {
        assertThat(runStoppedAtThirdBatch(StopReason.CANCELLED))
                .isEqualTo(new RunOutcome.Stopped(StopReason.CANCELLED));
        assertThat(sink.events).isEmpty();
    }

    @Test
    void aFencedRunReportsNothingMore() {
        assertThat(runStoppedAtThirdBatch(StopReason.FENCED)).isEqualTo(new RunOutcome.Stopped(StopReason.FENCED));
        assertThat(sink.events).isEmpty();
    }

    @Test
    void aDrainedRunReturnsItsJobWithAPartialCheckpoint() throws Exception {
        runStoppedAtThirdBatch(StopReason.DRAINING);
        assertThat(sink.kinds()).containsExactly("Released");
        ArtifactRef partial = sink.facts(TrainEvent.Released.class).get(0).checkpoint();
        assertThat(partial.path()).endsWith("checkpoint-0000-partial.bin");
        assertThat(store.read(partial)).isNotEmpty();
    }

    @Test
    void aRunThatLostContactReturnsItsJob() {
        runStoppedAtThirdBatch(StopReason.CONTACT_LOST);
        assertThat(sink.kinds()).containsExactly("Released");
    }

    @Test
    void progressMovesWithinAnEpochAndReachesTheEnd() {
        engine.beforeBatch = (samples, loss) -> clock.advance(Duration.ofMillis(600));
        run(aTrainJob().epochs(2).build());

        assertThat(sink.facts(TrainEvent.Progress.class)).hasSizeGreaterThanOrEqualTo(9);
        assertThat(sink.facts(TrainEvent.Progress.class))
                .extracting(TrainEvent.Progress::progress)
                .isSorted()
                .allSatisfy(progress -> assertThat(progress).isBetween(0.0, 1.0));
        assertThat(sink.facts(TrainEvent.Progress.class).get(1)).satisfies(progress -> {
            assertThat(progress.epoch()).isEqualTo(1);
            assertThat(progress.samplesPerSecond()).isBetween(16.0, 17.0);
            assertThat(progress.etaSeconds()).isPositive();
        });
    }

    @Test
    void aNonFiniteLossIsADivergedTraining() {
        engine.loss = Double.NaN;
        assertFails(FailureCode.TRAINING_DIVERGED, "learning_rate");
    }

    @Test
    void aMissingDatasetIsReported() {
        datasets = name -> {
            throw new IOException("train-00000-of-00002.tfrecord is missing");
        };
        assertFails(FailureCode.DATASET_UNREADABLE, "train-00000-of-00002.tfrecord");
    }

    @Test
    void aModelThatDiffersFromItsEngineIsNotPublished() {
        gate = (onnx, run, images) -> 2e-5;
        assertFails(FailureCode.EXPORT_DISAGREES, "2.0E-5");
    }

    @Test
    void aFailedComparisonIsRetriedOnAnotherWorker() {
        gate = (onnx, run, images) -> {
            throw new IllegalStateException("no memory for the session");
        };
        assertFails(FailureCode.INTERNAL_ERROR, "no memory for the session");
        assertThat(FailureCode.INTERNAL_ERROR.isRetryable()).isTrue();
    }

    @Test
    void aStopDuringTheLoadOfTheDataTakesEffectBeforeTheFirstBatch() {
        datasets = name -> {
            stop.request(StopReason.DRAINING);
            return TrainJobs.data(100, 30);
        };
        run(aTrainJob().build());

        assertThat(engine.trainedOn).isEmpty();
        assertThat(sink.kinds()).containsExactly("Released");
    }

    @Test
    void aStopDuringTheComparisonTakesEffectBeforeTheModelIsStored() {
        gate = (onnx, run, images) -> {
            stop.request(StopReason.DRAINING);
            return 0;
        };
        TrainJob job = aTrainJob().epochs(1).build();
        run(job);

        assertThat(root.resolve(ArtifactPaths.model(job.key(), 1, events.token())))
                .doesNotExist();
        assertThat(sink.kinds()).containsExactly("EpochEnded", "Released");
    }

    @Test
    void anEngineThatIsNotReadyFailsTheJobWithItsReason() {
        engine.notReady = new EngineUnavailableException("start the JVM with the helper");
        assertFails(FailureCode.ENGINE_UNAVAILABLE, "helper");
    }

    @Test
    void anEngineThatTheWorkerLacksFailsTheJob() {
        run(aTrainJob().engine("libtorch").build());
        TrainEvent.Failed failed = sink.facts(TrainEvent.Failed.class).get(0);
        assertThat(failed.code()).isEqualTo(FailureCode.ENGINE_UNAVAILABLE);
        assertThat(failed.message()).contains("libtorch is not installed on this worker (it has fake)");
    }

    @Test
    void eventsNameTheEngineThatTrains() {
        engine.beforeBatch = (samples, loss) -> clock.advance(Duration.ofSeconds(1));
        run(aTrainJob().build());
        assertThat(sink.facts(TrainEvent.EpochEnded.class))
                .extracting(TrainEvent.EpochEnded::engine)
                .containsOnly("fake 1");
        assertThat(sink.facts(TrainEvent.Progress.class))
                .extracting(TrainEvent.Progress::engine)
                .containsOnly("fake 1");
    }

    @Test
    void aFullDiskHasItsOwnFailureCode() {
        store = new FullStore();
        assertFails(FailureCode.DISK_FULL, "Make room on the disk of the artifacts");
    }

    @Test
    void withoutTheStoreTheJobIsGivenBack() {
        store = new AwayStore();
        assertThat(run(aTrainJob().build())).isEqualTo(new RunOutcome.Stopped(StopReason.STORAGE_LOST));
        assertThat(sink.kinds()).endsWith("Released").doesNotContain("EpochEnded", "Failed");
    }

    /** A checkpoint that cannot be read at the moment is no reason to train from the start. */
    @Test
    void aCheckpointIsNotSkippedWhileTheStoreIsAway() throws Exception {
        ArtifactRef saved = checkpoint(1);
        store = new AwayStore();
        assertThat(run(aTrainJob().checkpoint(1, saved).build()))
                .isEqualTo(new RunOutcome.Stopped(StopReason.STORAGE_LOST));
        assertThat(sink.kinds()).containsExactly("Released");
    }

    @Test
    void anUnknownNetworkIsARejectedConfiguration() {
        run(aTrainJob().network("resnet").build());
        assertThat(sink.facts(TrainEvent.Failed.class).get(0).code()).isEqualTo(FailureCode.CONFIGURATION_REJECTED);
    }

    @Test
    void runningOutOfMemoryIsReportedRatherThanKillingTheWorker() {
        engine.beforeBatch = (samples, loss) -> {
            throw new OutOfMemoryError("native");
        };
        assertFails(FailureCode.INTERNAL_ERROR, "out of memory");
    }

    private void assertFails(FailureCode code, String messagePart) {
        RunOutcome outcome = run(aTrainJob().build());

        assertThat(outcome).isInstanceOf(RunOutcome.Failed.class);
        TrainEvent last = sink.events.get(sink.events.size() - 1);
        assertThat(last.fact()).isInstanceOfSatisfying(TrainEvent.Failed.class, failed -> {
            assertThat(failed.code()).isEqualTo(code);
            assertThat(failed.message()).contains(messagePart);
        });
        assertThat(sink.kinds()).doesNotContain("Succeeded");
    }

    private RunOutcome runStoppedAtThirdBatch(StopReason reason) {
        engine.beforeBatch = (samples, loss) -> {
            assertThat(samples).isLessThanOrEqualTo(20);
            if (samples == 20) {
                stop.request(reason);
            }
        };
        return run(aTrainJob().build());
    }

    private RunOutcome run(TrainJob job) {
        events = new RunEventReporter(job, UUID.randomUUID(), "worker", sink, clock);
        HeartbeatSender heartbeat = new HeartbeatSender(
                events,
                sink,
                stop,
                clock,
                () -> 0,
                Duration.ofSeconds(5),
                Duration.ofSeconds(45),
                Duration.ofSeconds(60),
                () -> {});
        RunContext context = new RunContext(
                Engines.only(engine), datasets, store, gate, ImportCheck.NONE, clock, Duration.ofSeconds(1));
        return new TrainingRun(context, job, events, stop, heartbeat).run();
    }

    private ArtifactRef checkpoint(int epoch) throws IOException {
        return store.write("jobs/checkpoint-%d.bin".formatted(epoch), new byte[] {(byte) epoch});
    }

    /** A store that answers only now and then. */
    private static final class AwayStore implements ArtifactStore {
        private static StorageUnavailableException away() {
            return new StorageUnavailableException("it does not answer", new IOException());
        }

        @Override
        public ArtifactRef write(String path, byte[] bytes) throws IOException {
            throw away();
        }

        @Override
        public byte[] read(ArtifactRef ref) throws IOException {
            throw away();
        }

        @Override
        public void delete(String path) throws IOException {
            throw away();
        }
    }

    private static final class FullStore implements ArtifactStore {
        @Override
        public ArtifactRef write(String path, byte[] bytes) throws IOException {
            throw new DiskFullException(path, bytes.length, 0, null);
        }

        @Override
        public byte[] read(ArtifactRef ref) throws IOException {
            throw new IOException("nothing here");
        }

        @Override
        public void delete(String path) throws IOException {
            throw new IOException("nothing here");
        }
    }
}
