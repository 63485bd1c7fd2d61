package dev.trainyard.trainer.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OrtException;
import dev.trainyard.artifact.ArtifactPaths;
import dev.trainyard.artifact.FileArtifactStore;
import dev.trainyard.artifact.ModelMetadata;
import dev.trainyard.artifact.ModelVariants;
import dev.trainyard.dataset.ImageDataset;
import dev.trainyard.dataset.ReferencePredictions;
import dev.trainyard.engine.Digits;
import dev.trainyard.engine.ExportGate;
import dev.trainyard.engine.dl4j.Dl4jEngine;
import dev.trainyard.job.FailureCode;
import dev.trainyard.job.ImportSource;
import dev.trainyard.job.ImportSource.Format;
import dev.trainyard.job.TrainingConfigReader;
import dev.trainyard.message.TrainEvent;
import dev.trainyard.message.TrainJob;
import dev.trainyard.message.Versioned;
import dev.trainyard.message.WireJson;
import dev.trainyard.network.ImageShape;
import dev.trainyard.trainer.data.ImportedFiles;
import dev.trainyard.trainer.data.ReferenceFile;
import dev.trainyard.trainer.imports.ImportChecks;
import dev.trainyard.trainer.onnx.ImportedOnnx;
import dev.trainyard.trainer.onnx.OnnxExportGate;
import dev.trainyard.trainer.onnx.OnnxFiles;
import dev.trainyard.trainer.onnx.RejectedModelException;
import dev.trainyard.trainer.onnx.ServedOnnx;
import dev.trainyard.trainer.onnx.TorchModel;
import dev.trainyard.trainer.report.ManualClock;
import dev.trainyard.trainer.report.RecordingSink;
import dev.trainyard.trainer.report.RunEventReporter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Imports of files written by Keras and tf2onnx, from upload to publication. */
@Tag("full")
class ModelImportTest {
    private static final TrainingData DATA = new TrainingData(Digits.train(4_000), Digits.test(2_400), 10, "digest");

    @TempDir
    Path root;

    private final RecordingSink sink = new RecordingSink();
    private final ManualClock clock = new ManualClock();
    private TrainingData data = DATA;

    @Test
    void aKerasModelIsPublishedWithItsProvenance() throws Exception {
        byte[] file = ImportedFiles.read("conv.h5");
        ModelMetadata metadata = published(job(Format.KERAS_H5, "conv.h5", file, ImportedFiles.read("conv.npz")));

        assertThat(metadata.engine()).isEqualTo("keras 2.15.0");
        assertThat(metadata.config().network()).isEqualTo("imported");
        assertThat(metadata.config().source().fileName()).isEqualTo("conv.h5");
        assertThat(metadata.config().source().file().sha256()).isEqualTo(FileArtifactStore.sha256(file));
        assertThat(metadata.model()).isEqualTo("Theirs");
        assertThat(metadata.parameters()).isEqualTo(2_432);
        assertThat(metadata.exportDifference()).isLessThanOrEqualTo(ExportGate.TOLERANCE);
        assertThat(metadata.metrics().test().accuracy()).isGreaterThan(0.8);
    }

    @Test
    void theTrustPackIsFittedOnOneHalfOfTheTestSplitAndMeasuredOnTheOther() throws Exception {
        ModelMetadata metadata = published(job(Format.ONNX, "conv.onnx", ImportedFiles.read("conv.onnx"), null));

        assertThat(metadata.trustMissing()).isNull();
        assertThat(metadata.trust().fittedOn().heldOut()).isEqualTo(1_200);
        assertThat(metadata.trust().test().images()).isEqualTo(1_200);
        assertThat(metadata.trust().test().coverage()).isBetween(0.91, 0.98);
        assertThat(metadata.engine()).startsWith("onnx opset 15 by tf2onnx");
        assertThat(metadata.variants().heldOut()).isEqualTo(1_200);
    }

    /** Every second test image is noise: the half that is measured on, not the half that is fitted on. */
    @Test
    void theHalvesForFittingAndMeasuringAreDisjoint() throws Exception {
        ImageDataset digits = Digits.test(2_400);
        byte[] pixels = digits.pixels().clone();
        byte[] noise = new byte[784];
        Random random = new Random(5);
        for (int i = 1; i < digits.size(); i += 2) {
            random.nextBytes(noise);
            System.arraycopy(noise, 0, pixels, i * 784, 784);
        }
        data = new TrainingData(DATA.train(), new ImageDataset(pixels, digits.labels(), 28, 28, 1), 10, "digest");

        ModelMetadata metadata = published(job(Format.ONNX, "conv.onnx", ImportedFiles.read("conv.onnx"), null));

        assertThat(metadata.trust().outliers().acceptance()).isCloseTo(0.9535, within(0.005));
        assertThat(metadata.trust().test().acceptance()).isLessThan(0.1);
    }

    /** With the predictions of Keras, so that a wrong interpretation of a parameter is rejected. */
    @ParameterizedTest
    @ValueSource(strings = {"relu-layer", "leaky001", "softmax-layer", "activation-relu", "activation-layers"})
    void activationLayersGiveThePredictionsOfTheirReference(String name) throws Exception {
        ModelMetadata metadata = published(job(
                Format.KERAS_H5, name + ".h5", ImportedFiles.read(name + ".h5"), ImportedFiles.read(name + ".npz")));

        assertThat(metadata.exportDifference()).isLessThanOrEqualTo(ExportGate.TOLERANCE);
    }

    @Test
    void aFileThatWouldCrashPredictorsFailsPermanently() throws Exception {
        assertThat(refused(job(Format.ONNX, "bomb.onnx", OnnxFiles.dividesByTheSumOfAnImage(), null)))
                .contains("Operator Cast (node whole)");
    }

    @Test
    void aTorchModelThatReadsTheImageSizeIsPublishedWithVariants() throws Exception {
        ModelMetadata metadata = published(job(Format.ONNX, "torch.onnx", TorchModel.viewOfItsOwnSize(), null));

        assertThat(metadata.engine()).isEqualTo("onnx opset 17 by pytorch 2.4.1");
        assertThat(metadata.variants().skipped()).isNull();
        assertThat(metadata.variants().tried())
                .extracting(ModelVariants.Trial::variant)
                .containsExactly("int8", "fp16", "fp16-weights");
    }

    /** A slow model must report progress, or its lease expires. */
    @Test
    void theReferenceIsComparedInBatches() throws Exception {
        byte[] file = ImportedFiles.read("conv.onnx");
        ImageDataset images = Digits.test(1_001);
        float[][] answers;
        try (ImportedOnnx model = ImportedOnnx.read(file, images, 10)) {
            answers = model.probabilities(images);
        }
        answers[1_000][3] += 0.5f;
        TrainJob job = job(Format.ONNX, "conv.onnx", file, ReferenceFile.of(images, answers));
        ImportCheck checked = withoutProcess();
        AtomicInteger steps = new AtomicInteger();
        ModelImport run = new ModelImport(context(checked), job, UUID.randomUUID(), DATA, steps::incrementAndGet);

        assertThatThrownBy(run::complete).hasMessageContaining("For image 1000 of the reference");
        assertThat(steps).as("one after it was loaded, then after each 250").hasValue(5);
    }

    @Test
    void aModelThatDiffersFromItsReferenceIsRejectedWithThePosition() throws Exception {
        // predictions of another model for the same images
        byte[] other = ImportedFiles.read("dense.npz");
        assertThat(refused(job(Format.KERAS_H5, "conv.h5", ImportedFiles.read("conv.h5"), other)))
                .contains("For image 0 of the reference the model's probability")
                .contains("byte / 255");
        assertThat(refused(job(Format.ONNX, "conv.onnx", ImportedFiles.read("conv.onnx"), other)))
                .contains("instead of");
        assertThat(refused(job(Format.ONNX, "conv.onnx", ImportedFiles.read("conv.onnx"), new byte[] {'P', 'K', 3, 4})))
                .startsWith("The reference cannot be used:")
                .contains("numpy.savez");
    }

    /** One different probability of the last image reveals a file of another version. */
    @Test
    void everyProbabilityOfTheReferenceIsCompared() throws Exception {
        ReferencePredictions right = ReferencePredictions.read(ImportedFiles.path("conv.npz"), 28, 28, 10);
        float[][] rows = right.probabilities();
        rows[63][9] += 0.002f;

        byte[] reference = npz(right.images().pixels(), rows);
        assertThat(refused(job(Format.ONNX, "conv.onnx", ImportedFiles.read("conv.onnx"), reference)))
                .contains("For image 63 of the reference the model's probability")
                .contains("of 9 is");
    }

    /** Result of a file check, without its process. */
    private static ImportCheck withoutProcess() {
        return new ImportCheck() {
            @Override
            public Checked check(Format format, byte[] file, ImageShape shape, int classes, Runnable step)
                    throws RejectedModelException {
                try (ImportedOnnx model = ImportedOnnx.read(file, Digits.test(2), 10)) {
                    return new Checked(new ServedOnnx(model.exportOnnx(), 1, "w"), "test");
                } catch (OrtException e) {
                    throw new IllegalStateException(e);
                }
            }

            @Override
            public void checkServed(byte[] onnx, ImageShape shape, int classes, Runnable step) {
                // is not reached in this test
            }
        };
    }

    private static byte[] npz(byte[] pixels, float[][] rows) throws IOException {
        ByteBuffer values =
                ByteBuffer.allocate(rows.length * rows[0].length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (float[] row : rows) {
            for (float value : row) {
                values.putFloat(value);
            }
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            array(zip, "images", "|u1", "(%d, 28, 28)".formatted(rows.length), pixels);
            array(zip, "probabilities", "<f4", "(%d, %d)".formatted(rows.length, rows[0].length), values.array());
        }
        return bytes.toByteArray();
    }

    private static void array(ZipOutputStream zip, String name, String type, String shape, byte[] values)
            throws IOException {
        byte[] header = "{'descr': '%s', 'fortran_order': False, 'shape': %s, }\n"
                .formatted(type, shape)
                .getBytes(StandardCharsets.US_ASCII);
        zip.putNextEntry(new ZipEntry(name + ".npy"));
        zip.write(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, (byte) header.length, 0});
        zip.write(header);
        zip.write(values);
        zip.closeEntry();
    }

    @Test
    void anInvalidFileFailsPermanently() throws Exception {
        assertThat(refused(job(Format.KERAS_H5, "x.h5", "no model".getBytes(), null)))
                .contains("not HDF5");
        assertThat(refused(job(Format.ONNX, "x.onnx", "no model".getBytes(), null)))
                .contains("not an ONNX model");
    }

    @Test
    void aMissingUploadIsAnErrorOfTheStore() {
        TrainJob job = job(new ImportSource(Format.ONNX, "x.onnx", new ImportSource.Upload("00", 1), null));
        assertThat(run(job)).isInstanceOfSatisfying(RunOutcome.Failed.class, failed -> assertThat(failed.code())
                .isEqualTo(FailureCode.ARTIFACT_STORE_FAILED));
    }

    private ModelMetadata published(TrainJob job) throws IOException {
        assertThat(run(job)).isInstanceOf(RunOutcome.Succeeded.class);
        assertThat(sink.kinds()).containsExactly("Succeeded");
        TrainEvent.Succeeded success = sink.facts(TrainEvent.Succeeded.class).get(0);
        return WireJson.mapper().readValue(new FileArtifactStore(root).read(success.metadata()), ModelMetadata.class);
    }

    private String refused(TrainJob job) {
        RunOutcome outcome = run(job);
        assertThat(outcome).isInstanceOfSatisfying(RunOutcome.Failed.class, failed -> assertThat(failed.code())
                .isEqualTo(FailureCode.IMPORT_REJECTED));
        assertThat(FailureCode.IMPORT_REJECTED.isRetryable()).isFalse();
        return ((RunOutcome.Failed) outcome).message();
    }

    private TrainJob job(Format format, String name, byte[] file, byte[] reference) throws IOException {
        return job(new ImportSource(format, name, upload(file), reference == null ? null : upload(reference)));
    }

    private static TrainJob job(ImportSource source) {
        return new TrainJob(
                Versioned.CURRENT,
                UUID.randomUUID(),
                1,
                TrainingConfigReader.importing("Theirs", source),
                List.of(),
                List.of(),
                Instant.EPOCH);
    }

    private ImportSource.Upload upload(byte[] bytes) throws IOException {
        ImportSource.Upload upload = new ImportSource.Upload(FileArtifactStore.sha256(bytes), bytes.length);
        new FileArtifactStore(root).write(ArtifactPaths.upload(upload).path(), bytes);
        return upload;
    }

    private RunContext context(ImportCheck check) {
        return new RunContext(
                Engines.only(new Dl4jEngine()),
                name -> data,
                new FileArtifactStore(root),
                new OnnxExportGate(),
                check,
                clock,
                Duration.ofDays(1));
    }

    private RunOutcome run(TrainJob job) {
        RunEventReporter events = new RunEventReporter(job, UUID.randomUUID(), "worker", sink, clock);
        StopSignal stop = new StopSignal();
        Duration day = Duration.ofDays(1);
        return new TrainingRun(
                        context(ImportChecks.usual()),
                        job,
                        events,
                        stop,
                        new HeartbeatSender(events, sink, stop, clock, () -> 0, day, day, day, () -> {}))
                .run();
    }
}
