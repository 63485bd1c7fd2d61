package dev.trainyard.trainer.run;

import dev.trainyard.artifact.ArtifactPaths;
import dev.trainyard.artifact.ArtifactRef;
import dev.trainyard.artifact.ModelMetadata;
import dev.trainyard.dataset.ImageDataset;
import dev.trainyard.job.FailureCode;
import dev.trainyard.job.TrainingResult;
import dev.trainyard.message.TrainJob;
import dev.trainyard.message.WireJson;
import dev.trainyard.trainer.engine.EngineRun;
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
            TrainingResult result,
            Runnable step) {
        byte[] onnx = run.exportOnnx();
        step.run();
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
        ModelMetadata metadata = metadata(tools, job, run, data, result, difference);
        try {
            return new Publication(
                    tools.artifacts().write(ArtifactPaths.model(job.key(), job.attempt(), token), onnx),
                    tools.artifacts()
                            .write(ArtifactPaths.metadata(job.key(), job.attempt(), token), WireJson.write(metadata)));
        } catch (IOException e) {
            throw StoreTrouble.of("The model", e);
        }
    }

    private static double difference(ModelGate gate, byte[] onnx, EngineRun run, ImageDataset sample) {
        try {
            return gate.difference(onnx, run, sample);
        } catch (Exception e) {
            // says nothing of the model: another worker may have the memory or the library that this one lacks
            throw new TrainingFailedException(
                    FailureCode.INTERNAL_ERROR, "The exported model could not be run: " + e.getMessage(), e);
        }
    }

    private static ModelMetadata metadata(
            RunTools tools, TrainJob job, EngineRun run, TrainingData data, TrainingResult result, double difference) {
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
                tools.clock().now());
    }
}
