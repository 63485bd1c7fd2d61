package dev.trainyard.message;

import dev.trainyard.artifact.ArtifactRef;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The version of a model that is in production; predictors keep it loaded.
 *
 * @param move sequence number of the change of {@code production}; a stalled gateway may send an older one late. 0 in
 *     records of earlier releases
 * @param variant variant that passed the gate and runs instead of the model; null for none
 */
public record ModelActivation(
        int v,
        @Nullable Long move,
        String name,
        int version,
        ArtifactRef onnx,
        @Nullable ArtifactRef variant,
        Instant at)
        implements Versioned {

    public ModelActivation {
        move = move == null ? Long.valueOf(0) : move;
    }

    /** For a version without variant. */
    public ModelActivation(int v, long move, String name, int version, ArtifactRef onnx, Instant at) {
        this(v, move, name, version, onnx, null, at);
    }

    /** Returns the file that predictors run. */
    public ArtifactRef served() {
        return variant == null ? onnx : variant;
    }

    /** @throws MalformedMessageException if the bytes are not a complete activation of a known version */
    public static ModelActivation read(byte[] json) throws MalformedMessageException {
        ModelActivation activation = WireJson.read(json, ModelActivation.class);
        ArtifactRef onnx = activation.onnx();
        if (activation.name() == null
                || onnx == null
                || !onnx.isComplete()
                || !activation.served().isComplete()) {
            throw new MalformedMessageException("ModelActivation without name or artifact");
        }
        return activation;
    }
}
