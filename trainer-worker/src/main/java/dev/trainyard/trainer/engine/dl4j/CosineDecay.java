package dev.trainyard.trainer.engine.dl4j;

import org.nd4j.linalg.schedule.ISchedule;

/** The learning rate falls along half a cosine, one step an epoch, so that the last epochs settle rather than jump. */
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
