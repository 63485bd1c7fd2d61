package dev.trainyard.trainer.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import ai.onnxruntime.OrtException;
import dev.trainyard.dataset.ImageDataset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Which values a model's tensors take on real images, so that 8 bits can be spread over them. */
final class Calibration {
    private static final int BATCH = 250;

    private Calibration() {}

    /** Smallest and largest value that was seen. */
    record Range(float min, float max) {
        Range with(float[] values) {
            float low = min;
            float high = max;
            for (float value : values) {
                low = Math.min(low, value);
                high = Math.max(high, value);
            }
            return new Range(low, high);
        }
    }

    /** Of what each operator of the network gives for {@code images}, and of the image itself. */
    static Map<String, Range> of(byte[] onnx, ImageDataset images, Runnable step) throws OrtException {
        ModelProto.Builder model = OnnxProtos.parse(onnx);
        List<String> names = outputsOfTheNetwork(model.getGraph());
        Map<String, Range> ranges = new HashMap<>();
        ranges.put(model.getGraph().getInput(0).getName(), new Range(0, 1)); // pixels
        try (OnnxOutputs outputs = new OnnxOutputs(showing(model, names))) {
            for (int from = 0; from < images.size(); from += BATCH) {
                int[] some = IntStream.range(from, Math.min(images.size(), from + BATCH))
                        .toArray();
                List<float[]> values = outputs.of(images.select(some), names, step);
                for (int i = 0; i < names.size(); i++) {
                    float[] seen = values.get(i);
                    // zero is in every range, as padding and what ReLU cuts off must stay exact
                    ranges.compute(names.get(i), (name, range) -> (range == null ? new Range(0, 0) : range).with(seen));
                }
            }
        }
        return ranges;
    }

    private static List<String> outputsOfTheNetwork(GraphProto graph) {
        return graph.getNodeList().stream()
                .filter(node -> !node.getName().startsWith(EdgeGraph.PREFIX))
                .map(node -> node.getOutput(0))
                .toList();
    }

    private static byte[] showing(ModelProto.Builder model, List<String> names) {
        GraphProto.Builder graph = model.getGraphBuilder();
        List<String> shown =
                graph.getOutputList().stream().map(ValueInfoProto::getName).collect(Collectors.toList());
        for (NodeProto node : graph.getNodeList()) {
            String output = node.getOutput(0);
            if (names.contains(output) && !shown.contains(output)) {
                // ONNX Runtime infers type and shape
                graph.addOutput(ValueInfoProto.newBuilder().setName(output));
            }
        }
        return model.build().toByteArray();
    }
}
