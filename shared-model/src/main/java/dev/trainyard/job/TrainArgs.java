package dev.trainyard.job;

/**
 * How to train.
 *
 * @param batchSize images per step
 * @param epochs passes over the training images
 * @param learningRate step size of the optimizer
 * @param seed where all randomness of the run is derived from
 * @param validationSplit share of the training split held out for validation, 0 to below 1
 */
public record TrainArgs(
        int batchSize, int epochs, double learningRate, Optimizer optimizer, long seed, double validationSplit) {}
