package dev.trainyard.engine.dl4j;

import org.nd4j.linalg.schedule.ISchedule;

/** Learning rate schedule along half a cosine with one step per epoch, so that the last epochs converge smoothly. */
record CosineDecay(double learningRate, int epochs) implements ISchedule {
    @Override
    public double valueAt(int iteration, int epoch) {
        double done = Math.min(1, (double) epoch / epochs);
        return learningRate * 0.5 * (1 + Math.cos(Math.PI * done));
    }

    @Override
    public ISchedule clone() {
        return this; // immutable
    }
}
