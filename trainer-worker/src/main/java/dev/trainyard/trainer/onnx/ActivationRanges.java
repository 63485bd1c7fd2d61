package dev.trainyard.trainer.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import ai.onnxruntime.OrtException;
import dev.trainyard.dataset.ImageDataset;
import dev.trainyard.engine.onnx.OnnxProtos;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Value ranges of a model's tensors on real images, for 8-bit quantization. */
final class ActivationRanges {
    private static final int BATCH = 250;

    private ActivationRanges() {}

    /** Smallest and largest observed value. */
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

    /**
     * Measures the tensors {@code names} and the input image over {@code images}.
     *
     * @param step called regularly; an exception ends the work
     * @throws IllegalArgumentException if one of them is not a floating-point tensor
     */
    static Map<String, Range> of(byte[] onnx, Set<String> names, ImageDataset images, Runnable step)
            throws OrtException {
        ModelProto.Builder model = OnnxProtos.parse(onnx);
        String image = model.getGraph().getInput(0).getName();
        List<String> asked = names.stream().filter(name -> !name.equals(image)).toList();
        Map<String, Range> ranges = new HashMap<>();
        ranges.put(image, new Range(0, 1)); // pixels
        try (OnnxBatchRunner outputs = new OnnxBatchRunner(showing(model, asked))) {
            for (int from = 0; from < images.size(); from += BATCH) {
                int[] some = IntStream.range(from, Math.min(images.size(), from + BATCH))
                        .toArray();
                List<float[]> values = outputs.of(images.select(some), asked, step);
                for (int i = 0; i < asked.size(); i++) {
                    float[] seen = values.get(i);
                    // every range includes zero, because padding and the output of ReLU must stay exact
                    ranges.compute(asked.get(i), (name, range) -> (range == null ? new Range(0, 0) : range).with(seen));
                }
            }
        }
        return ranges;
    }

    private static byte[] showing(ModelProto.Builder model, List<String> names) {
        GraphProto.Builder graph = model.getGraphBuilder();
        Set<String> shown =
                graph.getOutputList().stream().map(ValueInfoProto::getName).collect(Collectors.toSet());
        for (String name : names) {
            if (shown.add(name)) {
                // ONNX Runtime infers type and shape
                graph.addOutput(ValueInfoProto.newBuilder().setName(name));
            }
        }
        return model.build().toByteArray();
    }
}
