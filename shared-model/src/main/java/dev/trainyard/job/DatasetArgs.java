package dev.trainyard.job;

import java.util.List;

/** Requested image shape of a dataset: {@code [28,28]} or {@code [28,28,1]}. */
public record DatasetArgs(List<Integer> imageSize) {}
