package dev.trainyard.message;

import dev.trainyard.artifact.ArtifactRef;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Location of a servable model version. The record is deleted together with the version.
 *
 * @param variant variant that passed the gate and runs instead of the model; null for none
 * @param warm true if an alias points to it, so that it is worth preloading
 */
public record ModelVersion(
        int v,
        String name,
        int version,
        ArtifactRef onnx,
        @Nullable ArtifactRef variant,
        boolean warm,
        Instant at) implements Versioned {

    /** For a version without variant. */
    public ModelVersion(int v, String name, int version, ArtifactRef onnx, boolean warm, Instant at) {
        this(v, name, version, onnx, null, warm, at);
    }

    /** Returns the file that predictors run. */
    public ArtifactRef served() {
        return variant == null ? onnx : variant;
    }

    /** Key of the version's record. */
    public static String key(String name, int version) {
        return name + "/" + version;
    }

    /** @throws MalformedMessageException if the bytes are not a complete record of a known version */
    public static ModelVersion read(byte[] json) throws MalformedMessageException {
        ModelVersion version = WireJson.read(json, ModelVersion.class);
        ArtifactRef onnx = version.onnx();
        if (version.name() == null
                || onnx == null
                || !onnx.isComplete()
                || !version.served().isComplete()) {
            throw new MalformedMessageException("ModelVersion without name or artifact");
        }
        return version;
    }
}
