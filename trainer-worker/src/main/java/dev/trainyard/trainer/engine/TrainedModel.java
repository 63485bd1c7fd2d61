package dev.trainyard.trainer.engine;

import dev.trainyard.dataset.ImageDataset;
import dev.trainyard.job.Score;

/** A network with its parameters, wherever these come from; used by one thread. */
public interface TrainedModel extends AutoCloseable {

    /** Number of trainable parameters. */
    long parameters();

    /** Loss and accuracy over {@code images}, dropout off. */
    Score evaluate(ImageDataset images, BatchListener listener);

    /** Probabilities, {@code images.size()} rows of one per class, dropout off. */
    float[][] probabilities(ImageDataset images);

    /** The network with its present parameters as an ONNX model: {@code image [N,C,H,W]} to {@code probabilities}. */
    byte[] exportOnnx();

    /** SHA-256 of all parameters, lower-case hex; as little-endian float32 where an engine holds them. */
    String weightsSha256();

    @Override
    void close();
}
