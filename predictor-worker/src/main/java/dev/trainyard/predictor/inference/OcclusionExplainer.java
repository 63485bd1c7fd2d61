package dev.trainyard.predictor.inference;

import ai.onnxruntime.OrtException;
import dev.trainyard.image.DigitImageDecoder;
import dev.trainyard.message.PredictReply.Answered;
import dev.trainyard.message.PredictReply.Explained;
import dev.trainyard.predictor.models.LoadedModel;
import java.nio.FloatBuffer;

/**
 * Which pixels speak for an answer: the model is asked again with the surroundings of each pixel blanked, all in one
 * run. Source: Zeiler, Fergus, "Visualizing and Understanding Convolutional Networks". For one thread.
 */
final class OcclusionExplainer {
    private static final int SIDE = DigitImageDecoder.SIDE;
    /** Blanked are the 5×5 pixels around one: more than a stroke is wide, less than a digit's parts are. */
    private static final int REACH = 2;

    private FloatBuffer blanked;

    /** @param images holds the picture that was answered at {@code index} */
    Explained explain(LoadedModel model, Answered answered, FloatBuffer images, int index) throws OrtException {
        float[] picture = new float[LoadedModel.IMAGE_SIZE];
        for (int i = 0; i < picture.length; i++) {
            picture[i] = images.get(index * picture.length + i);
        }
        return new Explained(answered, bytes(picture), probabilityDrops(model, answered, picture));
    }

    private float[][] probabilityDrops(LoadedModel model, Answered answered, float[] picture) throws OrtException {
        if (blanked == null) {
            blanked = LoadedModel.imageBuffer(LoadedModel.IMAGE_SIZE + 1);
        }
        int[] asked = new int[picture.length];
        int count = 0;
        for (int i = 0; i < picture.length; i++) {
            // where all is black, blanking changes nothing
            if (blank(picture, i % SIDE, i / SIDE, count)) {
                asked[count++] = i;
            }
        }
        float[][] falls = new float[SIDE][SIDE];
        if (count > 0) {
            // asked again whole, as what was answered is calibrated and this is not
            blanked.clear();
            blanked.put(count * picture.length, picture);
            float[] probabilities = model.run(blanked, count + 1);
            int classes = probabilities.length / (count + 1);
            float whole = probabilities[count * classes + answered.prediction()];
            for (int i = 0; i < count; i++) {
                falls[asked[i] / SIDE][asked[i] % SIDE] = whole - probabilities[i * classes + answered.prediction()];
            }
        }
        return falls;
    }

    /** Puts {@code picture} without the surroundings of a pixel at {@code index}; whether there was something. */
    private boolean blank(float[] picture, int x, int y, int index) {
        int at = index * picture.length;
        blanked.clear();
        blanked.put(at, picture);
        boolean changed = false;
        for (int row = Math.max(0, y - REACH); row <= Math.min(SIDE - 1, y + REACH); row++) {
            for (int column = Math.max(0, x - REACH); column <= Math.min(SIDE - 1, x + REACH); column++) {
                changed |= picture[row * SIDE + column] != 0;
                blanked.put(at + row * SIDE + column, 0);
            }
        }
        return changed;
    }

    private static byte[] bytes(float[] picture) {
        byte[] result = new byte[picture.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = (byte) Math.round(picture[i] * 255);
        }
        return result;
    }
}
