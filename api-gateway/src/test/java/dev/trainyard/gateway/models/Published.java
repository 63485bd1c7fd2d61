package dev.trainyard.gateway.models;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.trainyard.artifact.ArtifactRef;
import dev.trainyard.artifact.ArtifactStore;
import dev.trainyard.artifact.ModelMetadata;
import dev.trainyard.job.Promote;
import dev.trainyard.message.WireJson;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.jdbi.v3.core.Jdbi;

/** Publishes versions as trainings do, without any training. */
public final class Published {
    private final Jdbi jdbi;
    private final ModelRegistry registry;
    private final ArtifactStore artifacts;

    public Published(Jdbi jdbi, ArtifactStore artifacts) {
        this.jdbi = jdbi;
        this.registry = new ModelRegistry(jdbi);
        this.artifacts = artifacts;
    }

    /** The next version, with a file of its own; in production if it is better than what is, or the first. */
    public int version(String model, double accuracy, Promote promote) {
        byte[] bytes = (model + accuracy + promote + System.nanoTime()).getBytes();
        try {
            return version(
                    model, accuracy, promote, artifacts.write("test/" + System.nanoTime() + "/model.onnx", bytes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int version(String model, double accuracy, Promote promote, ArtifactRef onnx) {
        return jdbi.inTransaction(handle -> registry.publish(handle, metadata(model, accuracy), onnx, promote));
    }

    /** Versions from 1 on, the first of them in production. */
    public void versions(String model, int count) {
        for (int i = 1; i <= count; i++) {
            version(model, 0.9, i == 1 ? Promote.ALWAYS : Promote.NEVER);
        }
    }

    /** Read rather than made, so that a field more is none of these tests' business. */
    private static ModelMetadata metadata(String model, double accuracy) {
        try (InputStream bundled = Published.class.getResourceAsStream("/bundled/DigitModel/metadata.json")) {
            ObjectNode json = (ObjectNode) WireJson.mapper().readTree(bundled);
            json.put("model", model);
            json.withObject("/metrics/test").put("accuracy", accuracy);
            return WireJson.mapper().treeToValue(json, ModelMetadata.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
