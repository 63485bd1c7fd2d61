package dev.trainyard.gateway.models;

import dev.trainyard.artifact.ArtifactPaths;
import dev.trainyard.artifact.ArtifactRef;
import dev.trainyard.artifact.ArtifactStore;
import dev.trainyard.artifact.FileArtifactStore;
import dev.trainyard.artifact.ModelMetadata;
import dev.trainyard.message.WireJson;
import jakarta.inject.Singleton;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;

/** The small model that comes with the platform, so that predict works before any training. */
@Singleton
public class BundledModel {
    private static final String FOLDER = "/bundled/DigitModel/";

    private final ArtifactStore artifacts;
    private final ModelRegistry registry;

    BundledModel(ArtifactStore artifacts, ModelRegistry registry) {
        this.artifacts = artifacts;
        this.registry = registry;
    }

    /** Publishes it at the first start; later ones change nothing. */
    public void install() throws IOException {
        ModelMetadata metadata = WireJson.mapper().readValue(resource("metadata.json"), ModelMetadata.class);
        byte[] bytes = resource("model.onnx");
        String sha256 = FileArtifactStore.sha256(bytes);
        ArtifactRef onnx =
                new ArtifactRef(ArtifactPaths.bundled(metadata.model(), sha256, "model.onnx"), sha256, bytes.length);
        if (!registry.isDeleted(onnx.path())) {
            keep(onnx, bytes);
            if (metadata.confusion() != null && metadata.confusion().pictures() != null) {
                keep(metadata.confusion().pictures(), resource("mistakes.png"));
            }
            registry.publishFirst(metadata, onnx);
        }
        registry.announceAll();
    }

    private void keep(ArtifactRef file, byte[] bytes) throws IOException {
        if (!isWhole(file)) {
            artifacts.write(file.path(), bytes);
        }
    }

    /** A later start needs no room on the disk. */
    private boolean isWhole(ArtifactRef file) {
        try {
            artifacts.read(file);
            return true;
        } catch (IOException e) {
            return false; // not there yet, or damaged: it is written anew
        }
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = BundledModel.class.getResourceAsStream(FOLDER + name)) {
            if (in == null) {
                throw new FileNotFoundException("the build lacks " + FOLDER + name);
            }
            return in.readAllBytes();
        }
    }
}
