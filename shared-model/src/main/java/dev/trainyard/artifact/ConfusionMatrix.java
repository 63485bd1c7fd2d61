package dev.trainyard.artifact;

import java.util.List;

/**
 * What a model took the images for that it was measured on.
 *
 * @param counts {@code [label][prediction]}
 * @param examples some of its mistakes, by label and prediction, the surest first
 * @param pictures one grey PNG of all examples, one below the other in their order; null where it made no mistake
 */
public record ConfusionMatrix(List<List<Integer>> counts, List<Example> examples, ArtifactRef pictures) {

    /**
     * One mistake.
     *
     * @param image its index among the images measured on, which are the test split, or every other one of it for a
     *     model that was imported
     * @param probability that the model gave its wrong answer
     */
    public record Example(int label, int prediction, int image, float probability) {}
}
