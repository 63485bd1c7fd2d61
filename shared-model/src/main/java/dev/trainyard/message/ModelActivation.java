package dev.trainyard.message;

import dev.trainyard.artifact.ArtifactRef;
import java.time.Instant;

/** The version of a model that is in production from now on: predictors keep it loaded. */
public record ModelActivation(int v, String name, int version, ArtifactRef onnx, Instant at) implements Versioned {

    /** @throws MalformedMessageException if the bytes are no whole activation of a known version */
    public static ModelActivation read(byte[] json) throws MalformedMessageException {
        ModelActivation activation = WireJson.read(json, ModelActivation.class);
        ArtifactRef onnx = activation.onnx();
        if (activation.name() == null || onnx == null || onnx.path() == null || onnx.sha256() == null) {
            throw new MalformedMessageException("ModelActivation without name or artifact");
        }
        return activation;
    }
}
