package dev.trainyard.benchmarks.trust;

import ai.onnxruntime.OrtException;
import dev.trainyard.image.DigitImageDecoder;
import dev.trainyard.predictor.models.LoadedModel;
import dev.trainyard.predictor.models.UnusableModelException;
import dev.trainyard.trust.TrustEvaluator;
import dev.trainyard.trust.TrustVerdict;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** A model with a trust pack, loaded like in a predictor. */
public final class EvaluatedModel {
    private static final int BATCH = 256;
    private static final int SIZE = DigitImageDecoder.SIDE * DigitImageDecoder.SIDE;

    private final LoadedModel model;
    private final TrustEvaluator trust;
    private final FloatBuffer buffer = LoadedModel.imageBuffer(BATCH);

    /** @throws UnusableModelException if the file is not a model or has no trust pack */
    public EvaluatedModel(Path onnx) throws IOException, UnusableModelException {
        model = LoadedModel.load(onnx.getFileName().toString(), 1, Files.readAllBytes(onnx));
        trust = model.trust()
                .orElseThrow(() -> new UnusableModelException(onnx + " has no trust pack; train the model again"));
    }

    public double threshold() {
        return trust.threshold();
    }

    /** Verdict for each of the {@code pixels.length / 784} images. */
    public List<TrustVerdict> evaluate(byte[] pixels) throws OrtException {
        List<TrustVerdict> verdicts = new ArrayList<>();
        int count = pixels.length / SIZE;
        for (int from = 0; from < count; from += BATCH) {
            int some = Math.min(BATCH, count - from);
            buffer.clear(); // a run limits the buffer to its own images
            for (int i = 0; i < some * SIZE; i++) {
                buffer.put(i, (pixels[from * SIZE + i] & 0xff) / 255f);
            }
            LoadedModel.Outputs outputs = model.outputs(buffer, some);
            float[] logits = Objects.requireNonNull(outputs.logits(), "no logits");
            float[] shapeFit = Objects.requireNonNull(outputs.shapeFit(), "no shape fit");
            for (int i = 0; i < some; i++) {
                double norm = TrustEvaluator.norm(pixels, (from + i) * SIZE, SIZE);
                verdicts.add(trust.judge(logits, shapeFit, i, norm));
            }
        }
        return verdicts;
    }

    /** Share of the images that are accepted as digits. */
    public static double acceptance(List<TrustVerdict> verdicts) {
        return verdicts.stream().filter(verdict -> !verdict.outlier()).count() / (double) verdicts.size();
    }

    /** Probability that an outlier scores above a digit, ties counted half. */
    public static double auroc(List<TrustVerdict> digits, List<TrustVerdict> outliers) {
        double[] sorted =
                digits.stream().mapToDouble(TrustVerdict::score).sorted().toArray();
        double sum = 0;
        for (TrustVerdict outlier : outliers) {
            int below = lowerBound(sorted, outlier.score());
            int notAbove = lowerBound(sorted, Math.nextUp(outlier.score()));
            sum += below + (notAbove - below) / 2.0;
        }
        return sum / ((double) sorted.length * outliers.size());
    }

    private static int lowerBound(double[] sorted, double value) {
        int low = 0;
        int high = sorted.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (sorted[middle] < value) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
