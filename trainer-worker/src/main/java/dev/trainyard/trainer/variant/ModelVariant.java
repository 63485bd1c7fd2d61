package dev.trainyard.trainer.variant;

import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;

/**
 * A variant of a model.
 *
 * @param name name for display and paths, such as {@code int8}
 * @param level optimization level of ONNX Runtime at load time; predictors use all
 */
public record ModelVariant(String name, byte[] onnx, OptLevel level) {
    public ModelVariant(String name, byte[] onnx) {
        this(name, onnx, OptLevel.ALL_OPT);
    }
}
