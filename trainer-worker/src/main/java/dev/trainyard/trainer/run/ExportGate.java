package dev.trainyard.trainer.run;

import dev.trainyard.dataset.ImageDataset;
import dev.trainyard.trainer.engine.TrainedModel;

/** Compares an exported model with the engine it came from, before anyone may serve it. */
@FunctionalInterface
public interface ExportGate {
    /** Largest difference of any probability that is let through. */
    double TOLERANCE = 1e-5;

    /** Test images that are compared. */
    int IMAGES = 256;

    /** Largest absolute difference of any probability between {@code onnx} and {@code run} on {@code images}. */
    double difference(byte[] onnx, TrainedModel run, ImageDataset images) throws Exception;
}
