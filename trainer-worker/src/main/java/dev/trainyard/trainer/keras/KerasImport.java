package dev.trainyard.trainer.keras;

import dev.trainyard.dataset.ImageDataset;
import dev.trainyard.network.ImageShape;
import dev.trainyard.trainer.engine.RejectedModelException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Writes a Keras 2 model as ONNX. Parses HDF5 in native code, so that it belongs into a process of its own. */
public final class KerasImport {
    private KerasImport() {}

    /**
     * A Keras model as ONNX.
     *
     * @param madeBy such as {@code keras 2.15.0}
     */
    public record Converted(byte[] onnx, String madeBy) {}

    /** @throws RejectedModelException if the file is no such model, or has a layer that is not known */
    public static Converted read(Path h5, ImageShape shape, int classes) throws RejectedModelException {
        try (KerasFile file = KerasFile.open(h5)) {
            List<KerasLayer> layers = KerasLayer.chain(file.config());
            byte[] onnx = KerasLayers.translate(layers, file, shape, classes);
            return new Converted(onnx, "keras " + file.version());
        }
    }

    /**
     * What DL4J's own import of the file answers, so that two readers of it can be compared; empty where DL4J does not
     * read it, or is known to read a layer of it otherwise than Keras does.
     */
    public static Optional<float[][]> secondOpinion(Path h5, ImageDataset images) throws RejectedModelException {
        try (KerasFile file = KerasFile.open(h5)) {
            return Dl4jOpinion.of(h5, file.config(), images);
        }
    }
}
