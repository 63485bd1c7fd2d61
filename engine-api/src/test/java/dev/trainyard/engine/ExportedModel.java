package dev.trainyard.engine;

import ai.onnx.proto.OnnxMl;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.trainyard.dataset.ImageDataset;
import dev.trainyard.engine.onnx.OnnxProtos;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reads and runs an exported model. */
final class ExportedModel {
    private ExportedModel() {}

    /** Kernel and bias of each layer that has them, in the order of the layers. */
    static List<double[]> parameters(TrainedModel model) {
        try {
            List<double[]> values = new ArrayList<>();
            for (OnnxMl.TensorProto tensor :
                    OnnxMl.ModelProto.parseFrom(model.exportOnnx()).getGraph().getInitializerList()) {
                float[] floats = OnnxProtos.floats(tensor);
                double[] doubles = new double[floats.length];
                for (int i = 0; i < floats.length; i++) {
                    doubles[i] = floats[i];
                }
                values.add(doubles);
            }
            return values;
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("not an ONNX file", e);
        }
    }

    /** Probabilities by ONNX Runtime. */
    static float[][] probabilities(byte[] onnx, ImageDataset images) throws OrtException {
        FloatBuffer pixels = FloatBuffer.allocate(images.pixels().length);
        for (byte pixel : images.pixels()) {
            pixels.put((pixel & 0xff) / 255f);
        }
        long[] shape = {images.size(), images.depth(), images.height(), images.width()};
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession session = environment.createSession(onnx);
                OnnxTensor input = OnnxTensor.createTensor(environment, pixels.flip(), shape);
                OrtSession.Result result = session.run(Map.of("image", input))) {
            return (float[][]) result.get("probabilities").orElseThrow().getValue();
        }
    }
}
