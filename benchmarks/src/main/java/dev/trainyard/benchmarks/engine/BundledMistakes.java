package dev.trainyard.benchmarks.engine;

import ai.onnxruntime.OrtException;
import dev.trainyard.artifact.ArtifactPaths;
import dev.trainyard.artifact.ArtifactRef;
import dev.trainyard.artifact.ConfusionMatrix;
import dev.trainyard.artifact.FileArtifactStore;
import dev.trainyard.artifact.ModelMetadata;
import dev.trainyard.dataset.ImageDataset;
import dev.trainyard.dataset.MnistNpz;
import dev.trainyard.message.WireJson;
import dev.trainyard.trainer.run.Misclassifications;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** What the model that comes with the platform takes the test images for: asked of its file, kept beside it. */
public final class BundledMistakes {
    private BundledMistakes() {}

    /** Asks the file all test images and writes what came out into the metadata, with the pictures beside it. */
    public static void keep(Path home) throws IOException, OrtException {
        Path folder = BundledModel.folder(home);
        byte[] onnx = Files.readAllBytes(folder.resolve("model.onnx"));
        ModelMetadata before =
                WireJson.mapper().readValue(Files.readAllBytes(folder.resolve("metadata.json")), ModelMetadata.class);
        Misclassifications mistakes = of(home, onnx, before.classes());
        Optional<byte[]> pictures = mistakes.pictures();
        ArtifactRef kept = null;
        if (pictures.isPresent()) {
            Files.write(folder.resolve("mistakes.png"), pictures.get());
            kept = ref(before.model(), onnx, pictures.get());
        }
        ConfusionMatrix confusion = new ConfusionMatrix(mistakes.counts(), mistakes.examples(), kept);
        Files.write(folder.resolve("metadata.json"), WireJson.write(before.with(confusion)));
        System.out.printf(
                "%d of its mistakes are kept with their pictures%n",
                confusion.examples().size());
    }

    /** Of the test split, as it was delivered. */
    public static Misclassifications of(Path home, byte[] onnx, int classes) throws IOException, OrtException {
        ImageDataset test = MnistNpz.read(home.resolve("data/mnist.npz")).test();
        return Misclassifications.of(onnx, test, classes, () -> {});
    }

    /** Where a gateway keeps the pictures. */
    private static ArtifactRef ref(String model, byte[] onnx, byte[] png) {
        String path = ArtifactPaths.bundled(model, FileArtifactStore.sha256(onnx), "mistakes.png");
        return new ArtifactRef(path, FileArtifactStore.sha256(png), png.length);
    }
}
