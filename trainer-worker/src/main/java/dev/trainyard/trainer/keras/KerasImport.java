package dev.trainyard.trainer.keras;

import dev.trainyard.dataset.ImageDataset;
import dev.trainyard.network.ImageShape;
import dev.trainyard.trainer.onnx.RejectedModelException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Converts a Keras 2 model to ONNX. It parses HDF5 in native code, so it must run in a separate process. */
public final class KerasImport {
    private KerasImport() {}

    /**
     * A Keras model converted to ONNX.
     *
     * @param madeBy producer of the file, such as {@code keras 2.15.0}
     */
    public record Converted(byte[] onnx, String madeBy) {}

    /** @throws RejectedModelException if the file is not a Keras 2 model, or has an unknown layer */
    public static Converted read(Path h5, ImageShape shape, int classes) throws RejectedModelException {
        try (KerasFile file = KerasFile.open(h5)) {
            List<KerasLayer> layers = KerasLayer.chain(file.config());
            byte[] onnx = KerasLayers.translate(layers, file, shape, classes);
            return new Converted(onnx, "keras " + file.version());
        }
    }

    /**
     * Returns the outputs of DL4J's own import of the file, for comparison. Empty if DL4J cannot read it, or is known
     * to interpret one of its layers differently from Keras.
     */
    public static Optional<float[][]> secondOpinion(Path h5, ImageDataset images) throws RejectedModelException {
        try (KerasFile file = KerasFile.open(h5)) {
            return Dl4jCrossCheck.of(h5, file.config(), images);
        }
    }
}
