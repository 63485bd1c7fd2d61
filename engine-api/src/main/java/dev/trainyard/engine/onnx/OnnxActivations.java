package dev.trainyard.engine.onnx;

import ai.onnx.proto.OnnxMl;
import dev.trainyard.network.Activation;

/** Activation functions as ONNX operators; constants that differ from ONNX's defaults are explicit. */
final class OnnxActivations {
    private static final float LEAK = 0.01f;

    private OnnxActivations() {}

    static void add(OnnxExporter exporter, Activation activation) {
        switch (activation) {
            case RELU -> exporter.node("Relu");
            case TANH -> exporter.node("Tanh");
            case SIGMOID -> exporter.node("Sigmoid");
            case ELU -> exporter.node("Elu");
            case SELU -> exporter.node("Selu");
            case SOFTPLUS -> exporter.node("Softplus");
            case SOFTSIGN -> exporter.node("Softsign");
            case LEAKY_RELU ->
                exporter.node("LeakyRelu")
                        .addAttribute(OnnxMl.AttributeProto.newBuilder()
                                .setName("alpha")
                                .setType(OnnxMl.AttributeProto.AttributeType.FLOAT)
                                .setF(LEAK));
            case LINEAR -> {
                // no operator
            }
        }
    }
}
