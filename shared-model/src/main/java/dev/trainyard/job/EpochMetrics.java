package dev.trainyard.job;

import org.jspecify.annotations.Nullable;

/**
 * Metrics of a finished epoch.
 *
 * @param epoch number of the epoch, from 1
 * @param train running mean over the epoch's batches in training mode (with dropout)
 * @param validation metrics on the held-out part of the training split, without dropout; null if {@code
 *     validation_split} is 0
 * @param seconds wall time of the epoch
 */
public record EpochMetrics(int epoch, Score train, @Nullable Score validation, double seconds) {}
