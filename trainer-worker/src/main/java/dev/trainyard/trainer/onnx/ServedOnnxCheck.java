package dev.trainyard.trainer.onnx;

import ai.onnx.proto.OnnxMl.ModelProto;
import dev.trainyard.engine.onnx.OnnxExporter;
import dev.trainyard.network.ImageShape;
import dev.trainyard.trust.TrustPack;
import java.util.List;

/** Checks that an ONNX file from another process has the format that predictors serve. */
public final class ServedOnnxCheck {
    private ServedOnnxCheck() {}

    /**
     * Checks the file without running it.
     *
     * @throws RejectedModelException if it does not have that format, or uses operators that are not allowed
     */
    public static void requireServed(byte[] onnx, ImageShape shape, int classes) throws RejectedModelException {
        ModelProto model = OnnxFile.requireSafe(onnx, "image");
        boolean right = model.getGraph()
                        .getInputList()
                        .equals(List.of(OnnxExporter.value("image", shape.channels(), shape.height(), shape.width())))
                && model.getGraph()
                        .getOutputList()
                        .equals(List.of(
                                OnnxExporter.value("probabilities", classes),
                                OnnxExporter.value(TrustPack.LOGITS, classes)))
                && model.getMetadataPropsCount() == 0;
        if (!right) {
            throw new RejectedModelException(
                    "The check of the file returned a model that predictors cannot serve; import another file.");
        }
    }
}
