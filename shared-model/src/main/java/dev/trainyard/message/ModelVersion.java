package dev.trainyard.message;

import dev.trainyard.artifact.ArtifactRef;
import java.time.Instant;

/**
 * Where a version of a model lies that may be asked for. Its record is gone when the version was deleted.
 *
 * @param variant a form of it that passed the gate and that predictors run in its place; null for none
 * @param warm whether an alias points to it, so that it is worth loading before the first request comes
 */
public record ModelVersion(
        int v, String name, int version, ArtifactRef onnx, ArtifactRef variant, boolean warm, Instant at)
        implements Versioned {

    /** Of a version without variant. */
    public ModelVersion(int v, String name, int version, ArtifactRef onnx, boolean warm, Instant at) {
        this(v, name, version, onnx, null, warm, at);
    }

    /** The file to run. */
    public ArtifactRef served() {
        return variant == null ? onnx : variant;
    }

    /** Key of the version's record. */
    public static String key(String name, int version) {
        return name + "/" + version;
    }

    /** @throws MalformedMessageException if the bytes are no whole record of a known version */
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
