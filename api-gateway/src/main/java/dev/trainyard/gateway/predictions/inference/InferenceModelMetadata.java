package dev.trainyard.gateway.predictions.inference;

import java.util.List;
import java.util.Map;

/**
 * Metadata of a model in the format of the Open Inference Protocol.
 *
 * @param versions that can be requested
 * @param parameters descriptions of the tensors' values
 */
public record InferenceModelMetadata(
        String name,
        List<String> versions,
        String platform,
        List<Tensor> inputs,
        List<Tensor> outputs,
        Map<String, String> parameters) {
    /** Triton's name for ONNX Runtime. */
    private static final String PLATFORM = "onnxruntime_onnx";

    private static final long ANY = -1;

    /** One tensor; -1 in its shape is the number of images. */
    public record Tensor(String name, String datatype, List<Long> shape) {}

    static InferenceModelMetadata of(String name, List<String> versions, int classes) {
        return new InferenceModelMetadata(
                name,
                versions,
                PLATFORM,
                List.of(new Tensor(InferRequest.INPUT, "FP32", List.of(ANY, 1L, 28L, 28L))),
                List.of(
                        new Tensor(InferRequest.PROBABILITIES, "FP32", List.of(ANY, (long) classes)),
                        new Tensor(InferRequest.PREDICTION, "INT64", List.of(ANY))),
                Map.of(
                        InferRequest.INPUT,
                        "28 rows of 28 pixels, 0 is black and 1 is white, a light digit on black, as in MNIST; "
                                + "at most %d images at once".formatted(InferRequest.MAX_IMAGES)));
    }
}
