package dev.trainyard.message;

import dev.trainyard.artifact.ArtifactRef;
import java.time.Instant;

/**
 * The version of a model that is in production from now on: predictors keep it loaded.
 *
 * @param move number of the move of {@code production} that led to it; a gateway that hung may send an older one last; 0 in
 *     records from before it was sent
 * @param variant a form of it that passed the gate and that predictors run in its place; null for none
 */
public record ModelActivation(
        int v, Long move, String name, int version, ArtifactRef onnx, ArtifactRef variant, Instant at)
        implements Versioned {

    public ModelActivation {
        move = move == null ? Long.valueOf(0) : move;
    }

    /** Of a version without variant. */
    public ModelActivation(int v, long move, String name, int version, ArtifactRef onnx, Instant at) {
        this(v, move, name, version, onnx, null, at);
    }

    /** The file to run. */
    public ArtifactRef served() {
        return variant == null ? onnx : variant;
    }

    /** @throws MalformedMessageException if the bytes are no whole activation of a known version */
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
