package dev.trainyard.predictor.inference;

import dev.trainyard.message.PredictReply.Outcome;
import dev.trainyard.message.PredictReply.Rejected;
import dev.trainyard.predictor.models.LoadedModel;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Optional;

/** Reads images that are already in the model's input format. */
final class FloatImageReader {
    private FloatImageReader() {}

    /**
     * Copies 784 little-endian float32 values to {@code images} at {@code at}. Returns an outcome if they are invalid.
     */
    static Optional<Outcome> copy(byte[] values, FloatBuffer images, int at) {
        if (values.length != LoadedModel.IMAGE_SIZE * Float.BYTES) {
            return Optional.of(new Rejected("The image has %d bytes; 28×28 float32 values are %d bytes."
                    .formatted(values.length, LoadedModel.IMAGE_SIZE * Float.BYTES)));
        }
        FloatBuffer image =
                ByteBuffer.wrap(values).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
        for (int i = 0; i < LoadedModel.IMAGE_SIZE; i++) {
            if (!Float.isFinite(image.get(i))) {
                return Optional.of(new Rejected(
                        "Value %d of the image is %s; send numbers from 0 to 1.".formatted(i, image.get(i))));
            }
            images.put(at + i, image.get(i));
        }
        return Optional.empty();
    }
}
