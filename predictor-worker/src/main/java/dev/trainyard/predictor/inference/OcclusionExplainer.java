package dev.trainyard.predictor.inference;

import ai.onnxruntime.OrtException;
import dev.trainyard.image.DigitImageDecoder;
import dev.trainyard.message.PredictReply.Answered;
import dev.trainyard.message.PredictReply.Explained;
import dev.trainyard.predictor.models.LoadedModel;
import java.nio.FloatBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Explains a prediction by occlusion: one run repeats the prediction with the surroundings of each pixel blanked.
 * Source: Zeiler, Fergus, "Visualizing and Understanding Convolutional Networks". Not thread-safe.
 */
final class OcclusionExplainer {
    private static final int SIDE = DigitImageDecoder.SIDE;
    /** Blanks 5×5 pixels: more than the width of a stroke, less than the parts of a digit. */
    private static final int REACH = 2;

    private @Nullable FloatBuffer blanked;

    /** @param images contains the predicted image at {@code index} */
    Explained explain(LoadedModel model, Answered answered, FloatBuffer images, int index) throws OrtException {
        float[] image = new float[LoadedModel.IMAGE_SIZE];
        for (int i = 0; i < image.length; i++) {
            image[i] = images.get(index * image.length + i);
        }
        return new Explained(answered, bytes(image), probabilityDrops(model, answered, image));
    }

    private float[][] probabilityDrops(LoadedModel model, Answered answered, float[] image) throws OrtException {
        FloatBuffer copies = blanked;
        if (copies == null) {
            copies = LoadedModel.imageBuffer(LoadedModel.IMAGE_SIZE + 1);
            blanked = copies;
        }
        int[] asked = new int[image.length];
        int count = 0;
        for (int i = 0; i < image.length; i++) {
            // blanking black pixels changes nothing
            if (blank(copies, image, i % SIDE, i / SIDE, count)) {
                asked[count++] = i;
            }
        }
        float[][] falls = new float[SIDE][SIDE];
        if (count > 0) {
            // repeats the original image, because the reported probabilities are calibrated and these are not
            copies.clear();
            copies.put(count * image.length, image);
            float[] probabilities = model.run(copies, count + 1);
            int classes = probabilities.length / (count + 1);
            float whole = probabilities[count * classes + answered.prediction()];
            for (int i = 0; i < count; i++) {
                falls[asked[i] / SIDE][asked[i] % SIDE] = whole - probabilities[i * classes + answered.prediction()];
            }
        }
        return falls;
    }

    /**
     * Writes {@code image} with the surroundings of a pixel blanked to {@code index}. Returns false if they were
     * already black.
     */
    private static boolean blank(FloatBuffer copies, float[] image, int x, int y, int index) {
        int at = index * image.length;
        copies.clear();
        copies.put(at, image);
        boolean changed = false;
        for (int row = Math.max(0, y - REACH); row <= Math.min(SIDE - 1, y + REACH); row++) {
            for (int column = Math.max(0, x - REACH); column <= Math.min(SIDE - 1, x + REACH); column++) {
                changed |= image[row * SIDE + column] != 0;
                copies.put(at + row * SIDE + column, 0);
            }
        }
        return changed;
    }

    private static byte[] bytes(float[] image) {
        byte[] result = new byte[image.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = (byte) Math.round(image[i] * 255);
        }
        return result;
    }
}
