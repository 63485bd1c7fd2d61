package dev.trainyard.job;

import java.util.List;

/** Shape in which a dataset is asked for: {@code [28,28]} or {@code [28,28,1]}. */
public record DatasetArgs(List<Integer> imageSize) {}
