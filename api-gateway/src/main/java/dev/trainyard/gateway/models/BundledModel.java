package dev.trainyard.gateway.models;

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
        // by content: a later release may bundle another model, and the version of this one must stay what it is
        String sha256 = FileArtifactStore.sha256(bytes);
        ArtifactRef onnx =
                new ArtifactRef("bundled/%s/%s/model.onnx".formatted(metadata.model(), sha256), sha256, bytes.length);
        if (!registry.isDeleted(onnx.path())) {
            if (!isWhole(onnx)) {
                artifacts.write(onnx.path(), bytes);
            }
            registry.publishFirst(metadata, onnx);
        }
        registry.announceAll();
    }

    /** A later start needs no room on the disk. */
    private boolean isWhole(ArtifactRef onnx) {
        try {
            artifacts.read(onnx);
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
