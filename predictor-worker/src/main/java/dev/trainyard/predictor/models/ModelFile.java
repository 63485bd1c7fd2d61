package dev.trainyard.predictor.models;

import dev.trainyard.artifact.ArtifactRef;
import dev.trainyard.message.ModelActivation;
import dev.trainyard.message.ModelVersion;
import dev.trainyard.predictor.crash.ModelIdentity;
import org.jspecify.annotations.Nullable;

/**
 * A model version and its file; another file is another model, even under the same version.
 *
 * @param onnx file to run
 * @param variantOf the model itself if {@code onnx} is a variant of it; otherwise null
 */
record ModelFile(
        String name,
        int version,
        ArtifactRef onnx,
        @Nullable ArtifactRef variantOf) {
    ModelFile(String name, int version, ArtifactRef onnx) {
        this(name, version, onnx, null);
    }

    /** Identity recorded while {@code ref}, one of its two files, runs. */
    ModelIdentity identity(ArtifactRef ref) {
        return new ModelIdentity(name, version, ref.sha256());
    }

    static ModelFile of(ModelActivation active) {
        return new ModelFile(
                active.name(), active.version(), active.served(), active.variant() == null ? null : active.onnx());
    }

    static ModelFile of(ModelVersion known) {
        return new ModelFile(
                known.name(), known.version(), known.served(), known.variant() == null ? null : known.onnx());
    }
}
