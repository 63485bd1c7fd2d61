package dev.trainyard.trainer.variant;

import ai.onnxruntime.OrtException;
import dev.trainyard.dataset.ImageDataset;
import dev.trainyard.trust.TrustEvaluator;
import dev.trainyard.trust.TrustPack;
import dev.trainyard.trust.TrustVerdict;
import java.nio.FloatBuffer;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Predictions of a variant as clients would see them.
 *
 * @param digits most likely digit of each image
 * @param outliers true for outliers; all false without trust pack
 */
record VariantPredictions(int[] digits, boolean[] outliers) {
    private static final int BATCH = 64;

    static VariantPredictions of(
            LoadedVariant variant, ImageDataset images, int classes, Optional<TrustPack> trust, Runnable step)
            throws OrtException {
        TrustEvaluator check =
                trust.map(pack -> new TrustEvaluator(pack, classes)).orElse(null);
        int[] digits = new int[images.size()];
        boolean[] outliers = new boolean[images.size()];
        for (int from = 0; from < digits.length; from += BATCH) {
            int count = Math.min(BATCH, digits.length - from);
            FloatBuffer pixels = LoadedVariant.pixels(images, from, count);
            Map<String, float[]> outputs = variant.run(pixels, images, count);
            for (int i = 0; i < count; i++) {
                if (check == null) {
                    digits[from + i] = TrustEvaluator.largest(output(outputs, "probabilities"), i * classes, classes);
                    continue;
                }
                double norm = TrustEvaluator.norm(images.pixels(), (from + i) * images.imageSize(), images.imageSize());
                TrustVerdict verdict =
                        check.judge(output(outputs, TrustPack.LOGITS), output(outputs, TrustPack.SHAPE_FIT), i, norm);
                digits[from + i] = verdict.prediction();
                outliers[from + i] = verdict.outlier();
            }
            step.run();
        }
        return new VariantPredictions(digits, outliers);
    }

    private static float[] output(Map<String, float[]> outputs, String name) {
        return Objects.requireNonNull(outputs.get(name), name);
    }

    /** Share of images whose most likely digit is the label. */
    double accuracy(byte[] labels) {
        int right = 0;
        for (int i = 0; i < digits.length; i++) {
            right += digits[i] == labels[i] ? 1 : 0;
        }
        return right / (double) digits.length;
    }

    /** Share of images with the same digit and outlier decision. */
    double agreement(VariantPredictions others) {
        int same = 0;
        for (int i = 0; i < digits.length; i++) {
            same += digits[i] == others.digits[i] && outliers[i] == others.outliers[i] ? 1 : 0;
        }
        return same / (double) digits.length;
    }
}
