package dev.trainyard.trainer.trust;

import ai.onnxruntime.OrtException;
import dev.trainyard.dataset.ImageDataset;
import dev.trainyard.message.WireJson;
import dev.trainyard.trainer.onnx.EdgeDetectorGraph;
import dev.trainyard.trainer.onnx.OnnxBatchRunner;
import dev.trainyard.trust.ReferenceHistograms;
import dev.trainyard.trust.TrustMetrics;
import dev.trainyard.trust.TrustPack;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Fits the trust pack of a trained model: class shapes on training images, and everything that depends on the learned
 * weights (temperature, distributions, thresholds) on held-out images. The test split is only used to measure the
 * result.
 */
public final class TrustFitter {
    /** Minimum number of held-out images: with 1,000, the acceptance is known to ±0.7 points. */
    public static final int MIN_HELD_OUT = 1_000;

    /** More training images made no measurable difference. */
    private static final int MAX_TRAINING = 20_000;

    private static final int MIN_OF_CLASS = 5 * ClassSubspaces.RANK;

    private TrustFitter() {}

    /** Result of the fit. */
    public sealed interface Outcome {
        /** The file to publish: the model with the detector's output, and with the pack in its metadata. */
        byte[] onnx();
    }

    /**
     * The model with its pack.
     *
     * @param testProbabilities {@code [N,classes]} of the test images
     */
    public record Fitted(byte[] onnx, TrustPack pack, float[] testProbabilities) implements Outcome {}

    /** The unchanged model, with the reason for the missing pack. */
    public record NotFitted(byte[] onnx, String reason) implements Outcome {}

    /**
     * @param onnx output of {@code OnnxExporter}
     * @param training training images of the model
     * @param heldOut images not used for training
     * @param step called every few hundred images; an exception ends the work
     */
    public static Outcome fit(
            byte[] onnx, ImageDataset training, ImageDataset heldOut, ImageDataset test, int classes, Runnable step)
            throws OrtException {
        if (heldOut.size() < MIN_HELD_OUT) {
            return new NotFitted(
                    onnx,
                    "%d images were held out from training and at least %d are needed; raise validation_split."
                            .formatted(heldOut.size(), MIN_HELD_OUT));
        }
        if (!EdgeDetectorGraph.takes(training.depth(), training.height(), training.width())) {
            return new NotFitted(
                    onnx, "Images of this shape are not supported: one channel and sides divisible by 4 are required.");
        }
        int[] sample = strided(training.size());
        ImageDataset shapes = training.select(sample);
        if (!hasEnoughOfEach(shapes.labels(), classes)) {
            return new NotFitted(
                    onnx, "Fewer than %d training images show one of the classes.".formatted(MIN_OF_CLASS));
        }
        byte[] withFit = EdgeDetectorGraph.withShapeFit(onnx, subspaces(onnx, shapes, classes, step), classes);
        try (OnnxBatchRunner model = new OnnxBatchRunner(withFit)) {
            TrustInputs known = TrustInputs.of(model, heldOut, classes, step);
            if (!known.isFinite()) {
                return new NotFitted(onnx, "The model returns values that are not finite.");
            }
            TrustThresholds fitted = TrustThresholds.fit(known, heldOut.labels());
            TrustInputs unseen = TrustInputs.of(model, test, classes, step);
            TrustPack pack = new TrustPack(
                    TrustPack.VERSION,
                    fitted.temperature(),
                    fitted.sets(),
                    fitted.outliers(),
                    new TrustPack.FittedOn(heldOut.size(), shapes.size()),
                    TrustMetrics.of(unseen.judged(fitted.pack()), test.labels()),
                    ReferenceHistograms.of(known.judged(fitted.pack()), known.norms(), classes));
            String json = new String(WireJson.write(pack), StandardCharsets.UTF_8);
            return new Fitted(
                    EdgeDetectorGraph.withMetadata(withFit, TrustPack.ONNX_KEY, json), pack, unseen.probabilities());
        }
    }

    private static float[][] subspaces(byte[] onnx, ImageDataset images, int classes, Runnable step)
            throws OrtException {
        try (OnnxBatchRunner model = new OnnxBatchRunner(EdgeDetectorGraph.edgesOnly(onnx))) {
            float[] flat =
                    model.of(images, List.of(EdgeDetectorGraph.EDGES), step).get(0);
            int width = flat.length / images.size();
            List<float[]> rows = new ArrayList<>(images.size());
            for (int row = 0; row < images.size(); row++) {
                rows.add(Arrays.copyOfRange(flat, row * width, (row + 1) * width));
            }
            return ClassSubspaces.of(rows.toArray(float[][]::new), images.labels(), classes, step);
        }
    }

    /** Evenly spaced indices, so that the order of the images is irrelevant. */
    private static int[] strided(int size) {
        int count = Math.min(size, MAX_TRAINING);
        return IntStream.range(0, count)
                .map(i -> (int) ((long) i * size / count))
                .toArray();
    }

    private static boolean hasEnoughOfEach(byte[] labels, int classes) {
        int[] counts = new int[classes];
        for (byte label : labels) {
            counts[label]++;
        }
        return IntStream.of(counts).allMatch(count -> count >= MIN_OF_CLASS);
    }
}
