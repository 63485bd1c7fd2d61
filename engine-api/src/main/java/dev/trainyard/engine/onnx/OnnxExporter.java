package dev.trainyard.engine.onnx;

import ai.onnx.proto.OnnxMl;
import dev.trainyard.network.LayerSpec;
import dev.trainyard.network.NetworkSpec;
import dev.trainyard.trust.TrustPack;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;

/**
 * Exports a network and its weights as ONNX, opset 13: {@code image} float32 {@code [N,C,H,W]} in 0 to 1 to {@code
 * probabilities} float32 {@code [N,classes]}, followed by {@code logits} {@code [N,classes]} and {@code features}
 * {@code [N,units]}, the input of the last layer. Depends on layers, never on network names.
 */
public final class OnnxExporter {
    public static final int IR_VERSION = 7;
    public static final int OPSET = 13;

    /**
     * Weights of one layer.
     *
     * @param shape shape of the kernel: {@code [out,in,h,w]} for a convolution, {@code [in,out]} for a dense layer
     * @param kernel row-major
     * @param bias one value per output
     */
    public record Weights(long[] shape, float[] kernel, float[] bias) {}

    private final OnnxMl.GraphProto.Builder graph =
            OnnxMl.GraphProto.newBuilder().setName("trainyard");
    private final Iterator<Weights> weights;
    private String last = "image";
    private int nodes;
    private long units;

    private OnnxExporter(List<Weights> weights) {
        this.weights = weights.iterator();
    }

    /** Returns the serialized model. {@code weights} are in the order of the layers that have them. */
    public static byte[] export(NetworkSpec spec, List<Weights> weights) {
        OnnxExporter exporter = new OnnxExporter(weights);
        exporter.graph.addInput(value(
                "image",
                spec.input().channels(),
                spec.input().height(),
                spec.input().width()));
        spec.layers().forEach(exporter::add);
        // the first output is the one that the oldest clients know
        exporter.graph
                .addOutput(value("probabilities", spec.classes()))
                .addOutput(value(TrustPack.LOGITS, spec.classes()))
                .addOutput(value(TrustPack.FEATURES, exporter.units));
        return OnnxMl.ModelProto.newBuilder()
                .setIrVersion(IR_VERSION)
                .setProducerName("trainyard")
                .addOpsetImport(OnnxMl.OperatorSetIdProto.newBuilder().setVersion(OPSET))
                .setGraph(exporter.graph)
                .build()
                .toByteArray();
    }

    private void add(LayerSpec layer) {
        if (layer instanceof LayerSpec.Convolution conv) {
            Weights w = weights.next();
            node("Conv", tensor(w.kernel(), w.shape()), tensor(w.bias(), w.bias().length))
                    .addAttribute(OnnxProtos.integers("kernel_shape", conv.kernel(), conv.kernel()))
                    .addAttribute(OnnxProtos.integers(
                            "pads", conv.padding(), conv.padding(), conv.padding(), conv.padding()));
            OnnxActivations.add(this, conv.activation());
        } else if (layer instanceof LayerSpec.MaxPooling pool) {
            node("MaxPool")
                    .addAttribute(OnnxProtos.integers("kernel_shape", pool.size(), pool.size()))
                    .addAttribute(OnnxProtos.integers("strides", pool.size(), pool.size()));
        } else if (layer instanceof LayerSpec.Flatten) {
            node("Flatten");
        } else if (layer instanceof LayerSpec.Dense dense) {
            gemm();
            OnnxActivations.add(this, dense.activation());
        } else if (layer instanceof LayerSpec.SoftmaxOutput) {
            rename(TrustPack.FEATURES);
            units = gemm();
            rename(TrustPack.LOGITS);
            OnnxMl.NodeProto.Builder softmax = node("Softmax");
            softmax.addAttribute(OnnxProtos.integer("axis", 1)).setOutput(0, "probabilities");
        } else if (!(layer instanceof LayerSpec.Dropout)) { // dropout is inactive outside of training
            throw new IllegalArgumentException("no ONNX is known for " + layer);
        }
    }

    /** Returns the number of inputs. */
    private long gemm() {
        Weights w = weights.next();
        node("Gemm", tensor(w.kernel(), w.shape()), tensor(w.bias(), w.bias().length));
        return w.shape()[0];
    }

    /** Exposes the last tensor as a named output. */
    private void rename(String output) {
        graph.getNodeBuilder(graph.getNodeCount() - 1).setOutput(0, output);
        last = output;
    }

    /** Appends an operator on the last tensor. */
    OnnxMl.NodeProto.Builder node(String operator, String... moreInputs) {
        String output = operator.toLowerCase(Locale.ROOT) + "_" + nodes++;
        OnnxMl.NodeProto.Builder node = graph.addNodeBuilder()
                .setOpType(operator)
                .setName(output)
                .addInput(last)
                .addAllInput(List.of(moreInputs))
                .addOutput(output);
        last = output;
        return node;
    }

    private String tensor(float[] values, long... shape) {
        String name = "w_" + graph.getInitializerCount();
        graph.addInitializer(OnnxProtos.floats(name, values, shape));
        return name;
    }

    public static OnnxMl.ValueInfoProto value(String name, long... shape) {
        OnnxMl.TensorShapeProto.Builder dimensions = OnnxMl.TensorShapeProto.newBuilder();
        dimensions.addDimBuilder().setDimParam("batch");
        for (long size : shape) {
            dimensions.addDimBuilder().setDimValue(size);
        }
        OnnxMl.TypeProto.Tensor.Builder tensor = OnnxMl.TypeProto.Tensor.newBuilder()
                .setElemType(OnnxMl.TensorProto.DataType.FLOAT.getNumber())
                .setShape(dimensions);
        return OnnxMl.ValueInfoProto.newBuilder()
                .setName(name)
                .setType(OnnxMl.TypeProto.newBuilder().setTensorType(tensor))
                .build();
    }
}
