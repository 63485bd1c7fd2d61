package dev.trainyard.trainer.variant;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.trainyard.engine.onnx.OnnxExporter;
import dev.trainyard.engine.onnx.OnnxExporter.Weights;
import dev.trainyard.network.Activation;
import dev.trainyard.network.ImageShape;
import dev.trainyard.network.LayerSpec;
import dev.trainyard.network.NetworkSpec;
import dev.trainyard.trust.TrustPack;
import java.util.ArrayList;
import java.util.List;

/** Dense models with the same predictions and different latency: idle layers before one that decides. */
public final class DenseModels {
    private static final int PIXELS = 784;
    private static final int CLASSES = 10;

    private DenseModels() {}

    /** @param sign -1 for a model that likes best what the other likes least */
    public static byte[] model(int idleLayers, float sign) {
        List<LayerSpec> layers = new ArrayList<>(List.of(new LayerSpec.Flatten()));
        List<Weights> weights = new ArrayList<>();
        for (int i = 0; i < idleLayers; i++) {
            layers.add(new LayerSpec.Dense(PIXELS, Activation.LINEAR));
            weights.add(new Weights(new long[] {PIXELS, PIXELS}, identity(), new float[PIXELS]));
        }
        layers.add(new LayerSpec.SoftmaxOutput(CLASSES));
        float[] kernel = new float[PIXELS * CLASSES];
        for (int i = 0; i < kernel.length; i++) {
            kernel[i] = sign * (i * 7919 % 201 - 100) / 500f;
        }
        weights.add(new Weights(new long[] {PIXELS, CLASSES}, kernel, new float[CLASSES]));
        return OnnxExporter.export(new NetworkSpec(new ImageShape(1, 28, 28), layers), weights);
    }

    /** {@link #model} without idle layers, with a shape fit output that is the same for every image. */
    static byte[] withShapeFit(float fit) throws InvalidProtocolBufferException {
        ModelProto.Builder model = ModelProto.parseFrom(model(0, 1)).toBuilder();
        model.getGraphBuilder()
                .addInitializer(scalar("zero", 0))
                .addInitializer(scalar("fit", fit))
                .addNode(node("Mul", "probabilities", "zero", "zeros"))
                .addNode(node("Add", "zeros", "fit", TrustPack.SHAPE_FIT))
                .addOutput(model.getGraph().getOutput(0).toBuilder().setName(TrustPack.SHAPE_FIT));
        return model.build().toByteArray();
    }

    private static TensorProto scalar(String name, float value) {
        return TensorProto.newBuilder()
                .setName(name)
                .setDataType(TensorProto.DataType.FLOAT_VALUE)
                .addFloatData(value)
                .build();
    }

    private static NodeProto node(String operator, String one, String other, String output) {
        return NodeProto.newBuilder()
                .setOpType(operator)
                .addInput(one)
                .addInput(other)
                .addOutput(output)
                .build();
    }

    private static float[] identity() {
        float[] matrix = new float[PIXELS * PIXELS];
        for (int i = 0; i < PIXELS; i++) {
            matrix[i * PIXELS + i] = 1;
        }
        return matrix;
    }
}
