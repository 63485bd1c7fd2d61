package dev.trainyard.trainer.run;

import dev.trainyard.artifact.ArtifactPaths;
import dev.trainyard.artifact.ArtifactRef;
import dev.trainyard.artifact.ModelMetadata;
import dev.trainyard.dataset.DatasetException;
import dev.trainyard.dataset.ImageDataset;
import dev.trainyard.dataset.ReferencePredictions;
import dev.trainyard.engine.TrainedModel;
import dev.trainyard.job.FailureCode;
import dev.trainyard.job.ImportSource;
import dev.trainyard.job.Score;
import dev.trainyard.job.TrainingResult;
import dev.trainyard.message.TrainEvent;
import dev.trainyard.message.TrainJob;
import dev.trainyard.message.WireJson;
import dev.trainyard.network.ImageShape;
import dev.trainyard.trainer.onnx.RejectedModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;

/** Imports a model: publishes it from a file instead of training. */
final class ModelImport {
    /** Largest accepted difference in any probability from the reference; other machines sum in another order. */
    static final double REFERENCE_TOLERANCE = 1e-3;

    /** Batch size that a slow model processes well before the lease expires. */
    private static final int REFERENCE_BATCH = 250;

    private final RunContext context;
    private final TrainJob job;
    private final UUID token;
    private final TrainingData data;
    private final Runnable step;

    /** @param step called every few hundred images; an exception ends the work */
    ModelImport(RunContext context, TrainJob job, UUID token, TrainingData data, Runnable step) {
        this.context = context;
        this.job = job;
        this.token = token;
        this.data = data;
        this.step = step;
    }

    TrainEvent.Succeeded complete() {
        ImportSource source = Objects.requireNonNull(job.config().source());
        byte[] file = read(source.file());
        ImageShape shape = new ImageShape(
                data.test().depth(), data.test().height(), data.test().width());
        try {
            ImportCheck.Checked checked =
                    context.importCheck().check(source.format(), file, shape, data.classes(), step);
            return publish(source, checked, shape);
        } catch (RejectedModelException e) {
            throw new TrainingFailedException(FailureCode.IMPORT_REJECTED, e.getMessage(), e);
        }
    }

    private TrainEvent.Succeeded publish(ImportSource source, ImportCheck.Checked checked, ImageShape shape)
            throws RejectedModelException {
        try (TrainedModel model = checked.model()) {
            step.run();
            if (source.reference() != null) {
                requireAgreement(model, read(source.reference()));
            }
            Score train = model.evaluate(data.train(), (samples, loss) -> step.run());
            Score test = model.evaluate(data.test(), (samples, loss) -> step.run());
            TrainingResult result = new TrainingResult(train, test);
            Publication published = Publication.of(context, job, token, candidate(checked, result), step);
            checkServed(published, shape);
            return new TrainEvent.Succeeded(result, published.model(), published.metadata());
        }
    }

    /** Test-runs the stored files that predictors will load, before they are announced. */
    private void checkServed(Publication published, ImageShape shape) throws RejectedModelException {
        try {
            context.importCheck().checkServed(context.artifacts().read(published.model()), shape, data.classes(), step);
            ModelMetadata metadata =
                    WireJson.mapper().readValue(context.artifacts().read(published.metadata()), ModelMetadata.class);
            ArtifactRef served =
                    metadata.variants() == null ? null : metadata.variants().served();
            if (served != null) {
                context.importCheck().checkServed(context.artifacts().read(served), shape, data.classes(), step);
            }
        } catch (IOException e) {
            throw ArtifactErrors.of("The model", e);
        }
    }

    /**
     * The model was probably trained on the whole training split, so nothing of it counts as held out. The trust pack
     * is fitted on every second image of the test split and measured on the rest.
     */
    private Publication.Candidate candidate(ImportCheck.Checked checked, TrainingResult result) {
        ImageDataset heldOut = everyOther(data.test(), 0);
        TrainingData measured =
                new TrainingData(data.train(), everyOther(data.test(), 1), data.classes(), data.digest());
        return new Publication.Candidate(
                checked.model(),
                checked.madeBy(),
                measured,
                new HoldoutSplit(data.train(), Optional.empty(), heldOut),
                result);
    }

    private static ImageDataset everyOther(ImageDataset images, int first) {
        return images.select(
                IntStream.range(0, images.size()).filter(i -> i % 2 == first).toArray());
    }

    private void requireAgreement(TrainedModel model, byte[] npz) throws RejectedModelException {
        ReferencePredictions reference = reference(npz);
        int size = reference.images().size();
        for (int from = 0; from < size; from += REFERENCE_BATCH) {
            int[] some = IntStream.range(from, Math.min(size, from + REFERENCE_BATCH))
                    .toArray();
            requireAgreement(model.probabilities(reference.images().select(some)), reference, from);
            step.run();
        }
    }

    private static void requireAgreement(float[][] answers, ReferencePredictions reference, int from)
            throws RejectedModelException {
        for (int i = 0; i < answers.length; i++) {
            int row = from + i;
            for (int c = 0; c < answers[i].length; c++) {
                double difference = Math.abs(answers[i][c] - reference.probabilities()[row][c]);
                if (!(difference <= REFERENCE_TOLERANCE)) {
                    throw new RejectedModelException(
                            ("For image %d of the reference the model's probability of %3$d is %2$.4f instead of %4$.4f; the largest accepted difference is %5$s. "
                                            + "Models receive pixels from 0 to 1 (byte / 255); if yours was trained on other values, convert them in its first layer.")
                                    .formatted(
                                            row,
                                            answers[i][c],
                                            c,
                                            reference.probabilities()[row][c],
                                            REFERENCE_TOLERANCE));
                }
            }
        }
    }

    private ReferencePredictions reference(byte[] npz) throws RejectedModelException {
        try {
            Path file = Files.createTempFile("reference", ".npz");
            try {
                Files.write(file, npz);
                return ReferencePredictions.read(
                        file, data.test().height(), data.test().width(), data.classes());
            } finally {
                Files.deleteIfExists(file);
            }
        } catch (DatasetException e) {
            throw new RejectedModelException(
                    "The reference cannot be used: %s. Write it with numpy.savez(\"reference.npz\", images=…, probabilities=…)."
                            .formatted(e.problem()),
                    e);
        } catch (IOException e) {
            throw ArtifactErrors.of("The reference", e);
        }
    }

    private byte[] read(ImportSource.Upload upload) {
        try {
            return context.artifacts().read(ArtifactPaths.upload(upload));
        } catch (IOException e) {
            throw new TrainingFailedException(
                    FailureCode.ARTIFACT_STORE_FAILED, "The file to import cannot be read: " + e.getMessage(), e);
        }
    }
}
