package dev.trainyard.job;

/**
 * Training parameters.
 *
 * @param batchSize images per step
 * @param epochs passes over the training images
 * @param learningRate step size of the optimizer
 * @param seed seed of all randomness in the run
 * @param validationSplit share of the training split held out for validation, 0 to less than 1
 */
public record TrainArgs(
        int batchSize, int epochs, double learningRate, Optimizer optimizer, long seed, double validationSplit) {}
