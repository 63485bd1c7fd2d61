package dev.trainyard.trainer.trust;

import ai.onnxruntime.OrtException;
import dev.trainyard.dataset.ImageDataset;
import dev.trainyard.trainer.onnx.OnnxBatchRunner;
import dev.trainyard.trust.TrustEvaluator;
import dev.trainyard.trust.TrustPack;
import dev.trainyard.trust.TrustVerdict;
import java.util.ArrayList;
import java.util.List;

/**
 * Model outputs from which a trust pack is fitted.
 *
 * @param logits {@code [N,classes]}
 * @param shapeFit {@code [N,classes]}
 * @param probabilities {@code [N,classes]} of the model itself, which its temperature does not change
 * @param norms root of the sum of squares of each image's pixels, 0 to 1 each
 */
record TrustInputs(float[] logits, float[] shapeFit, float[] probabilities, double[] norms, int classes) {
    private static final String PROBABILITIES = "probabilities";

    static TrustInputs of(OnnxBatchRunner model, ImageDataset images, int classes, Runnable step) throws OrtException {
        List<float[]> outputs = model.of(images, List.of(TrustPack.LOGITS, TrustPack.SHAPE_FIT, PROBABILITIES), step);
        double[] norms = new double[images.size()];
        for (int i = 0; i < norms.length; i++) {
            norms[i] = TrustEvaluator.norm(images.pixels(), i * images.imageSize(), images.imageSize());
        }
        return new TrustInputs(outputs.get(0), outputs.get(1), outputs.get(2), norms, classes);
    }

    int size() {
        return norms.length;
    }

    int prediction(int image) {
        return TrustEvaluator.largest(logits, image * classes, classes);
    }

    boolean isFinite() {
        for (int i = 0; i < logits.length; i++) {
            if (!Float.isFinite(logits[i]) || !Float.isFinite(shapeFit[i])) {
                return false;
            }
        }
        return true;
    }

    List<TrustVerdict> judged(TrustPack pack) {
        TrustEvaluator check = new TrustEvaluator(pack, classes);
        List<TrustVerdict> verdicts = new ArrayList<>(size());
        for (int image = 0; image < size(); image++) {
            verdicts.add(check.judge(logits, shapeFit, image, norms[image]));
        }
        return verdicts;
    }
}
