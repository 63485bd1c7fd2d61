package dev.trainyard.trainer.run;

import ai.onnxruntime.OrtException;
import dev.trainyard.artifact.ConfusionMatrix.Example;
import dev.trainyard.dataset.ImageDataset;
import dev.trainyard.image.PngWriter;
import dev.trainyard.trainer.onnx.OnnxBatchRunner;
import dev.trainyard.trust.TrustEvaluator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Misclassified images of an exported model.
 *
 * @param counts {@code [label][prediction]}
 * @param examples up to {@value #MAX_PER_PAIR} per label and prediction, highest probability first
 */
public record Misclassifications(List<List<Integer>> counts, List<Example> examples, ImageDataset images) {
    /** Examples per pair of classes: enough to see the pattern, few enough to store with each version. */
    static final int MAX_PER_PAIR = 4;

    private static final String OUTPUT = "probabilities";
    private static final Comparator<Example> BY_PAIR = Comparator.comparingInt(Example::label)
            .thenComparingInt(Example::prediction)
            .thenComparing(Comparator.comparingDouble(Example::probability).reversed());

    /** @param step called after each batch; an exception ends the work */
    public static Misclassifications of(byte[] onnx, ImageDataset images, int classes, Runnable step)
            throws OrtException {
        try (OnnxBatchRunner model = new OnnxBatchRunner(onnx)) {
            return of(model.of(images, List.of(OUTPUT), step).get(0), images, classes);
        }
    }

    /** @param probabilities {@code [N,classes]} */
    static Misclassifications of(float[] probabilities, ImageDataset images, int classes) {
        int[][] counts = new int[classes][classes];
        List<Example> wrong = new ArrayList<>();
        for (int image = 0; image < images.size(); image++) {
            int label = images.labels()[image];
            int prediction = TrustEvaluator.largest(probabilities, image * classes, classes);
            counts[label][prediction]++;
            if (label != prediction) {
                wrong.add(new Example(label, prediction, image, probabilities[image * classes + prediction]));
            }
        }
        wrong.sort(BY_PAIR);
        int[][] kept = new int[classes][classes];
        List<Example> examples = wrong.stream()
                .filter(example -> kept[example.label()][example.prediction()]++ < MAX_PER_PAIR)
                .toList();
        List<List<Integer>> rows = Arrays.stream(counts)
                .map(row -> Arrays.stream(row).boxed().toList())
                .toList();
        return new Misclassifications(rows, examples, images);
    }

    /** All examples as one PNG from top to bottom; empty without examples, or if the images are not grey. */
    public Optional<byte[]> png() {
        if (examples.isEmpty() || images.depth() != 1) {
            return Optional.empty();
        }
        ImageDataset shown =
                images.select(examples.stream().mapToInt(Example::image).toArray());
        return Optional.of(PngWriter.grey(images.width(), images.height() * shown.size(), shown.pixels()));
    }
}
