package dev.trainyard.engine;

import dev.trainyard.dataset.ImageDataset;

/** Compares an exported model with its engine before it is published. */
@FunctionalInterface
public interface ExportGate {
    /** Largest accepted difference in any probability. */
    double TOLERANCE = 1e-5;

    /** Number of compared test images. */
    int IMAGES = 256;

    /**
     * Returns the largest absolute difference in any probability between {@code onnx} and {@code run} on {@code
     * images}.
     */
    double difference(byte[] onnx, TrainedModel run, ImageDataset images) throws Exception;
}
