package dev.trainyard.gateway.models;

import dev.trainyard.artifact.ArtifactPaths;
import dev.trainyard.artifact.ArtifactRef;
import dev.trainyard.artifact.ArtifactStore;
import dev.trainyard.artifact.DamagedArtifactException;
import dev.trainyard.artifact.FileArtifactStore;
import dev.trainyard.artifact.ModelMetadata;
import dev.trainyard.message.WireJson;
import jakarta.inject.Singleton;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;

/** The small model that is bundled with the platform, so that predictions work before any training. */
@Singleton
public class BundledModel {
    private static final String FOLDER = "/bundled/DigitModel/";

    private final ArtifactStore artifacts;
    private final ModelRegistry registry;

    BundledModel(ArtifactStore artifacts, ModelRegistry registry) {
        this.artifacts = artifacts;
        this.registry = registry;
    }

    /** Publishes the model at the first start; later starts change nothing. */
    public void install() throws IOException {
        ModelMetadata metadata = WireJson.mapper().readValue(resource("metadata.json"), ModelMetadata.class);
        byte[] bytes = resource("model.onnx");
        String sha256 = FileArtifactStore.sha256(bytes);
        ArtifactRef onnx =
                new ArtifactRef(ArtifactPaths.bundled(metadata.model(), sha256, "model.onnx"), sha256, bytes.length);
        if (!registry.isDeleted(onnx.path())) {
            store(onnx, bytes);
            if (metadata.confusion() != null && metadata.confusion().pictures() != null) {
                store(metadata.confusion().pictures(), resource("mistakes.png"));
            }
            registry.publishFirst(metadata, onnx);
        }
        registry.announceAll();
    }

    /** A later start writes nothing, except in place of a damaged file. */
    private void store(ArtifactRef file, byte[] bytes) throws IOException {
        try {
            artifacts.read(file);
        } catch (DamagedArtifactException e) {
            artifacts.delete(file.path());
            artifacts.write(file.path(), bytes);
        } catch (NoSuchFileException e) {
            artifacts.write(file.path(), bytes);
        }
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = BundledModel.class.getResourceAsStream(FOLDER + name)) {
            if (in == null) {
                throw new FileNotFoundException("missing resource " + FOLDER + name);
            }
            return in.readAllBytes();
        }
    }
}
