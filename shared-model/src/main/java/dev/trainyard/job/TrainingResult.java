package dev.trainyard.job;

/** Final metrics of a training on both splits; {@code test} is computed on the test split only. */
public record TrainingResult(Score train, Score test) {}
