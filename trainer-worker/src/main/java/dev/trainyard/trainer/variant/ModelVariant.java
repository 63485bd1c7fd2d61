package dev.trainyard.trainer.variant;

import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;

/**
 * One way to run a model.
 *
 * @param name for people and paths, such as {@code int8}
 * @param level of ONNX Runtime's optimisations when it is loaded; predictors use all
 */
public record ModelVariant(String name, byte[] onnx, OptLevel level) {
    public ModelVariant(String name, byte[] onnx) {
        this(name, onnx, OptLevel.ALL_OPT);
    }
}
