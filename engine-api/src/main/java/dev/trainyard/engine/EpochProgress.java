package dev.trainyard.engine;

import dev.trainyard.job.Score;

/**
 * Position of a run.
 *
 * @param epochsDone number of ended epochs
 * @param samplesDone trained images of the current epoch
 * @param lossSum sum of their losses in nats
 * @param right number of their correct predictions
 */
public record EpochProgress(int epochsDone, int samplesDone, double lossSum, long right) {
    /** A run that has not trained yet. */
    public static final EpochProgress START = new EpochProgress(0, 0, 0, 0);

    /** Adds images with the sum of their losses and the number of their correct predictions. */
    public EpochProgress plus(int samples, double losses, long correct) {
        return new EpochProgress(epochsDone, samplesDone + samples, lossSum + losses, right + correct);
    }

    /** Mean loss of the current epoch so far. */
    public double meanLoss() {
        return lossSum / samplesDone;
    }

    /** Mean loss and share of correct predictions of the current epoch so far. */
    public Score score() {
        return new Score(meanLoss(), (double) right / samplesDone);
    }

    /** Returns the start of the next epoch. */
    public EpochProgress nextEpoch() {
        return new EpochProgress(epochsDone + 1, 0, 0, 0);
    }
}
