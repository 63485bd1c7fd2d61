package dev.trainyard.benchmarks.engine;

import ai.onnxruntime.OrtException;
import dev.trainyard.artifact.ArtifactPaths;
import dev.trainyard.artifact.ArtifactRef;
import dev.trainyard.artifact.ConfusionMatrix;
import dev.trainyard.artifact.FileArtifactStore;
import dev.trainyard.artifact.ModelMetadata;
import dev.trainyard.artifact.ModelMetadataBuilder;
import dev.trainyard.dataset.ImageDataset;
import dev.trainyard.dataset.MnistNpz;
import dev.trainyard.message.WireJson;
import dev.trainyard.trainer.run.Misclassifications;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Computes the confusion matrix of the bundled model on the test images and stores it with the model. */
public final class BundledConfusion {
    private BundledConfusion() {}

    /** Classifies all test images and writes the result into the metadata, with the misclassified images next to it. */
    public static void update(Path home) throws IOException, OrtException {
        Path folder = BundledModel.folder(home);
        byte[] onnx = Files.readAllBytes(folder.resolve("model.onnx"));
        ModelMetadata before =
                WireJson.mapper().readValue(Files.readAllBytes(folder.resolve("metadata.json")), ModelMetadata.class);
        Misclassifications mistakes = of(home, onnx, before.classes());
        Optional<byte[]> images = mistakes.png();
        ArtifactRef storedImages = null;
        if (images.isPresent()) {
            Files.write(folder.resolve("mistakes.png"), images.get());
            storedImages = ref(before.model(), onnx, images.get());
        }
        ConfusionMatrix confusion = new ConfusionMatrix(mistakes.counts(), mistakes.examples(), storedImages);
        Files.write(
                folder.resolve("metadata.json"),
                WireJson.write(ModelMetadataBuilder.builder(before)
                        .confusion(confusion)
                        .build()));
        System.out.printf(
                "stored %d misclassified images%n", confusion.examples().size());
    }

    /** Evaluates the model on the test split. */
    public static Misclassifications of(Path home, byte[] onnx, int classes) throws IOException, OrtException {
        ImageDataset test = MnistNpz.read(home.resolve("data/mnist.npz")).test();
        return Misclassifications.of(onnx, test, classes, () -> {});
    }

    /** The artifact path under which a gateway stores the images. */
    private static ArtifactRef ref(String model, byte[] onnx, byte[] png) {
        String path = ArtifactPaths.bundled(model, FileArtifactStore.sha256(onnx), "mistakes.png");
        return new ArtifactRef(path, FileArtifactStore.sha256(png), png.length);
    }
}
