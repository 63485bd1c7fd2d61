package dev.trainyard.trainer.run;

import ai.onnxruntime.OrtException;
import dev.trainyard.artifact.ArtifactPaths;
import dev.trainyard.artifact.ArtifactRef;
import dev.trainyard.artifact.ArtifactStore;
import dev.trainyard.artifact.ConfusionMatrix;
import dev.trainyard.artifact.ModelMetadata;
import dev.trainyard.artifact.ModelMetadataBuilder;
import dev.trainyard.artifact.ModelVariants;
import dev.trainyard.dataset.ImageDataset;
import dev.trainyard.engine.ExportGate;
import dev.trainyard.engine.TrainedModel;
import dev.trainyard.job.FailureCode;
import dev.trainyard.job.TrainingResult;
import dev.trainyard.message.TrainJob;
import dev.trainyard.message.WireJson;
import dev.trainyard.trainer.report.JobPhase;
import dev.trainyard.trainer.trust.TrustFitter;
import dev.trainyard.trainer.variant.VariantSelection;
import dev.trainyard.trust.TrustPack;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A model that passed the export gate and was stored with its metadata. */
record Publication(ArtifactRef model, ArtifactRef metadata) {
    private static final Logger LOG = LoggerFactory.getLogger(Publication.class);

    /**
     * A model to be published.
     *
     * @param madeBy name and version of the engine, or the format of the imported file
     * @param result metrics on both splits
     */
    record Candidate(
            TrainedModel model, String madeBy, TrainingData data, HoldoutSplit holdout, TrainingResult result) {}

    /** @param step called between the parts, each of which may take a while; an exception ends the publication */
    static Publication of(RunContext context, TrainJob job, UUID token, Candidate candidate, Runnable step) {
        return of(context, job, token, candidate, VariantSelection::all, step);
    }

    static Publication of(
            RunContext context,
            TrainJob job,
            UUID token,
            Candidate candidate,
            VariantSelection.VariantFactory factory,
            Runnable step) {
        TrustFitter.Outcome trust = trust(candidate, step);
        step.run();
        byte[] onnx = trust.onnx();
        ImageDataset test = candidate.data().test();
        ImageDataset sample = test.select(
                IntStream.range(0, Math.min(ExportGate.IMAGES, test.size())).toArray());
        double difference = difference(context.gate(), onnx, candidate.model(), sample);
        step.run();
        // not "greater than", so that NaN is refused too
        if (!(difference <= ExportGate.TOLERANCE)) {
            throw new TrainingFailedException(
                    FailureCode.EXPORT_DISAGREES,
                    "The exported model and the engine differ by %s in a probability; at most %s is published."
                            .formatted(difference, ExportGate.TOLERANCE));
        }
        try {
            ModelVariants tried = variants(context, job, token, candidate, factory, trust, step);
            ConfusionMatrix confusion = confusion(context, job, token, candidate, trust, step);
            ModelMetadata metadata = metadata(context, job, candidate, difference, trust, tried, confusion);
            return store(context.artifacts(), job, token, onnx, metadata);
        } catch (IOException e) {
            throw ArtifactErrors.of("The model", e);
        }
    }

    private static Publication store(
            ArtifactStore artifacts, TrainJob job, UUID token, byte[] onnx, ModelMetadata metadata) throws IOException {
        try (JobPhase phase = JobPhase.of("upload")) {
            return new Publication(
                    artifacts.write(ArtifactPaths.model(job.key(), job.attempt(), token), onnx),
                    artifacts.write(ArtifactPaths.metadata(job.key(), job.attempt(), token), WireJson.write(metadata)));
        }
    }

    private static TrustFitter.Outcome trust(Candidate candidate, Runnable step) {
        HoldoutSplit holdout = candidate.holdout();
        TrainingData data = candidate.data();
        try (JobPhase phase = JobPhase.of("trust")) {
            return TrustFitter.fit(
                    export(candidate.model()),
                    holdout.training(),
                    holdout.heldOut(),
                    data.test(),
                    data.classes(),
                    step);
        } catch (OrtException e) {
            throw notRun(e);
        }
    }

    private static byte[] export(TrainedModel model) {
        try (JobPhase phase = JobPhase.of("export")) {
            return model.exportOnnx();
        }
    }

    private static double difference(ExportGate gate, byte[] onnx, TrainedModel model, ImageDataset sample) {
        try (JobPhase phase = JobPhase.of("gate")) {
            return gate.difference(onnx, model, sample);
        } catch (Exception e) {
            throw notRun(e);
        }
    }

    /** The model may be good: another worker may have the memory or library missing here. */
    private static TrainingFailedException notRun(Exception cause) {
        return new TrainingFailedException(
                FailureCode.INTERNAL_ERROR, "The exported model could not be run: " + cause.getMessage(), cause);
    }

    /** Stores the variant that passed, if any. A model without variants is published too. */
    private static ModelVariants variants(
            RunContext context,
            TrainJob job,
            UUID token,
            Candidate candidate,
            VariantSelection.VariantFactory factory,
            TrustFitter.Outcome trust,
            Runnable step)
            throws IOException {
        ImageDataset heldOut = candidate.holdout().heldOut();
        if (heldOut.size() < VariantSelection.MIN_HELD_OUT) {
            return ModelVariants.skipped("%d images were held out from training and at least %d are needed."
                    .formatted(heldOut.size(), VariantSelection.MIN_HELD_OUT));
        }
        if (trust.onnx().length > VariantSelection.MAX_BYTES) {
            return ModelVariants.skipped("The model has %,d bytes; variants are only evaluated up to %,d."
                    .formatted(trust.onnx().length, VariantSelection.MAX_BYTES));
        }
        VariantSelection.Selection chosen;
        Stoppable stoppable = new Stoppable(step);
        try (JobPhase phase = JobPhase.of("variants")) {
            chosen = VariantSelection.choose(
                    factory,
                    trust.onnx(),
                    candidate.holdout().training(),
                    heldOut,
                    candidate.data().classes(),
                    Optional.ofNullable(pack(trust)),
                    stoppable);
        } catch (OrtException | RuntimeException e) {
            stoppable.throwAgain();
            // any error, such as an unsupported operator: the model itself passed its gate
            LOG.warn("job {}: variants of its model could not be created or run", job.key(), e);
            return ModelVariants.skipped("They could not be created or run: "
                    + (e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage()));
        }
        ArtifactRef served = null;
        if (chosen.passed().isPresent()) {
            var variant = chosen.passed().get();
            served = context.artifacts()
                    .write(ArtifactPaths.variant(job.key(), job.attempt(), token, variant.name()), variant.onnx());
        }
        return new ModelVariants(served, heldOut.size(), chosen.tried(), null);
    }

    /** A step that records if it has ended the work. */
    private static final class Stoppable implements Runnable {
        private final Runnable step;
        private @Nullable RuntimeException thrown;

        Stoppable(Runnable step) {
            this.step = step;
        }

        @Override
        public void run() {
            try {
                step.run();
            } catch (RuntimeException e) {
                thrown = e;
                throw e;
            }
        }

        void throwAgain() {
            if (thrown != null) {
                throw thrown;
            }
        }
    }

    /** Null if the model could not be run; only the gate decides about the publication. */
    private static @Nullable ConfusionMatrix confusion(
            RunContext context, TrainJob job, UUID token, Candidate candidate, TrustFitter.Outcome trust, Runnable step)
            throws IOException {
        TrainingData data = candidate.data();
        Misclassifications mistakes;
        try (JobPhase phase = JobPhase.of("confusion")) {
            mistakes = trust instanceof TrustFitter.Fitted fitted
                    ? Misclassifications.of(fitted.testProbabilities(), data.test(), data.classes())
                    : Misclassifications.of(trust.onnx(), data.test(), data.classes(), step);
        } catch (OrtException e) {
            LOG.warn("job {}: its confusion matrix could not be computed: {}", job.key(), e.toString());
            return null;
        }
        Optional<byte[]> images = mistakes.png();
        ArtifactRef kept = images.isEmpty()
                ? null
                : context.artifacts().write(ArtifactPaths.mistakes(job.key(), job.attempt(), token), images.get());
        return new ConfusionMatrix(mistakes.counts(), mistakes.examples(), kept);
    }

    private static @Nullable TrustPack pack(TrustFitter.Outcome trust) {
        return trust instanceof TrustFitter.Fitted fitted ? fitted.pack() : null;
    }

    private static ModelMetadata metadata(
            RunContext context,
            TrainJob job,
            Candidate candidate,
            double difference,
            TrustFitter.Outcome trust,
            ModelVariants variants,
            @Nullable ConfusionMatrix confusion) {
        ImageDataset images = candidate.data().test();
        return ModelMetadataBuilder.builder()
                .v(ModelMetadata.VERSION)
                .model(job.config().model())
                .jobKey(job.key())
                .attempt(job.attempt())
                .config(job.config())
                .datasetSha256(candidate.data().digest())
                .engine(candidate.madeBy())
                .inputShape(List.of(images.depth(), images.height(), images.width()))
                .classes(candidate.data().classes())
                .parameters(candidate.model().parameters())
                .metrics(candidate.result())
                .weightsSha256(candidate.model().weightsSha256())
                .exportDifference(difference)
                .createdAt(context.clock().now())
                .trust(pack(trust))
                .trustMissing(trust instanceof TrustFitter.NotFitted not ? not.reason() : null)
                .variants(variants)
                .confusion(confusion)
                .build();
    }
}
