package dev.trainyard.job;

/** The two figures a training is judged by. {@code test} comes from the test split and from nowhere else. */
public record TrainingResult(Score train, Score test) {}
