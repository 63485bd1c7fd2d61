package dev.trainyard.artifact;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Confusion matrix of a model, with examples of its mistakes.
 *
 * @param counts {@code [label][prediction]}
 * @param examples some of the mistakes, by label and prediction, highest probability first
 * @param pictures one grey PNG with all examples, from top to bottom in their order; null without mistakes
 */
public record ConfusionMatrix(
        List<List<Integer>> counts,
        List<Example> examples,
        @Nullable ArtifactRef pictures) {

    /**
     * One misclassified image.
     *
     * @param image index among the evaluated images: the test split, or every second image of it for an imported model
     * @param probability of the wrong prediction
     */
    public record Example(int label, int prediction, int image, float probability) {}
}
