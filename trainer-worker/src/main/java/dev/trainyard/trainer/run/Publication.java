package dev.trainyard.trainer.run;

import ai.onnxruntime.OrtException;
import dev.trainyard.artifact.ArtifactPaths;
import dev.trainyard.artifact.ArtifactRef;
import dev.trainyard.artifact.ModelMetadata;
import dev.trainyard.dataset.ImageDataset;
import dev.trainyard.job.FailureCode;
import dev.trainyard.job.TrainingResult;
import dev.trainyard.message.TrainJob;
import dev.trainyard.message.WireJson;
import dev.trainyard.trainer.engine.EngineRun;
import dev.trainyard.trainer.trust.TrustFit;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;

/** A model that passed the export gate and lies in the artifact store with its provenance. */
record Publication(ArtifactRef model, ArtifactRef metadata) {

    /** @param step told between the parts, each of which may take a while; what it throws ends the publication */
    static Publication of(
            RunTools tools,
            TrainJob job,
            UUID token,
            EngineRun run,
            TrainingData data,
            Holdout holdout,
            TrainingResult result,
            Runnable step) {
        byte[] exported = run.exportOnnx();
        step.run();
        TrustFit.Outcome trust = trust(exported, data, holdout, step);
        step.run();
        byte[] onnx = trust.onnx();
        ImageDataset sample = data.test()
                .select(IntStream.range(
                                0, Math.min(ModelGate.IMAGES, data.test().size()))
                        .toArray());
        double difference = difference(tools.gate(), onnx, run, sample);
        step.run();
        // not "greater than", so that NaN is refused too
        if (!(difference <= ModelGate.TOLERANCE)) {
            throw new TrainingFailedException(
                    FailureCode.EXPORT_DISAGREES,
                    "The exported model and the engine differ by %s in a probability; at most %s is published."
                            .formatted(difference, ModelGate.TOLERANCE));
        }
        ModelMetadata metadata = metadata(tools, job, run, data, result, difference, trust);
        try {
            return new Publication(
                    tools.artifacts().write(ArtifactPaths.model(job.key(), job.attempt(), token), onnx),
                    tools.artifacts()
                            .write(ArtifactPaths.metadata(job.key(), job.attempt(), token), WireJson.write(metadata)));
        } catch (IOException e) {
            throw StoreTrouble.of("The model", e);
        }
    }

    private static TrustFit.Outcome trust(byte[] onnx, TrainingData data, Holdout holdout, Runnable step) {
        try {
            return TrustFit.fit(onnx, holdout.training(), holdout.heldOut(), data.test(), data.classes(), step);
        } catch (OrtException e) {
            throw notRun(e);
        }
    }

    private static double difference(ModelGate gate, byte[] onnx, EngineRun run, ImageDataset sample) {
        try {
            return gate.difference(onnx, run, sample);
        } catch (Exception e) {
            throw notRun(e);
        }
    }

    /** Says nothing of the model: another worker may have the memory or the library that this one lacks. */
    private static TrainingFailedException notRun(Exception cause) {
        return new TrainingFailedException(
                FailureCode.INTERNAL_ERROR, "The exported model could not be run: " + cause.getMessage(), cause);
    }

    private static ModelMetadata metadata(
            RunTools tools,
            TrainJob job,
            EngineRun run,
            TrainingData data,
            TrainingResult result,
            double difference,
            TrustFit.Outcome trust) {
        ImageDataset images = data.test();
        return new ModelMetadata(
                ModelMetadata.VERSION,
                job.config().model(),
                job.key(),
                job.attempt(),
                job.config(),
                data.digest(),
                tools.engine().name(),
                List.of(images.depth(), images.height(), images.width()),
                data.classes(),
                run.parameters(),
                result,
                run.weightsSha256(),
                difference,
                tools.clock().now(),
                trust instanceof TrustFit.Fitted fitted ? fitted.pack() : null,
                trust instanceof TrustFit.NotFitted not ? not.reason() : null);
    }
}
