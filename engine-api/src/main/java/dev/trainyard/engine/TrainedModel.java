package dev.trainyard.engine;

import dev.trainyard.dataset.ImageDataset;
import dev.trainyard.job.Score;

/** A network with parameters from a training or an import. Not thread-safe. */
public interface TrainedModel extends AutoCloseable {

    /** Number of trainable parameters. */
    long parameters();

    /** Loss and accuracy over {@code images}, without dropout. */
    Score evaluate(ImageDataset images, BatchListener listener);

    /** Probabilities without dropout: {@code images.size()} rows with one value per class. */
    float[][] probabilities(ImageDataset images);

    /**
     * Exports the network with its current parameters as an ONNX model: {@code image [N,C,H,W]} to {@code
     * probabilities}.
     */
    byte[] exportOnnx();

    /** SHA-256 of all parameters, lower-case hex; computed over little-endian float32 if an engine holds them. */
    String weightsSha256();

    @Override
    void close();
}
