package dev.trainyard.job;

/**
 * What one finished epoch measured.
 *
 * @param epoch number of the epoch, from 1
 * @param train running mean over the epoch's batches in training mode (dropout on)
 * @param validation over the held-out part of the training split, dropout off; null when {@code validation_split} is 0
 * @param seconds wall time of the epoch
 */
public record EpochMetrics(int epoch, Score train, Score validation, double seconds) {}
