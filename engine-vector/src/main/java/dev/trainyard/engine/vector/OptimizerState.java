package dev.trainyard.engine.vector;

import dev.trainyard.job.Optimizer;
import dev.trainyard.job.TrainArgs;
import java.util.Arrays;

/** Updates parameters from their gradients, with a learning rate that falls along half a cosine over the epochs of its schedule. */
final class OptimizerState {
    private static final double MEAN_DECAY = 0.9;
    private static final double SQUARE_DECAY = 0.999;
    private static final double RMS_DECAY = 0.95;
    private static final double EPSILON = 1e-8;

    private final Kernels kernels;
    private final Parameters parameters;
    private final TrainArgs args;
    /** Running means of gradients (Adam) and of their squares (Adam, RMSProp); empty if unused. */
    private final float[] mean;

    private final float[] square;
    private int steps;

    OptimizerState(Kernels kernels, Parameters parameters, TrainArgs args) {
        this.kernels = kernels;
        this.parameters = parameters;
        this.args = args;
        int size = parameters.values().length;
        this.mean = new float[args.optimizer() == Optimizer.ADAM ? size : 0];
        this.square = new float[args.optimizer() == Optimizer.SGD ? 0 : size];
        if (args.optimizer() == Optimizer.RMSPROP) {
            Arrays.fill(square, (float) EPSILON); // as DL4J starts
        }
    }

    /** Takes a step along {@code gradients} with the learning rate of {@code epoch}. */
    void step(int epoch, float[] gradients) {
        steps++;
        float[] weights = parameters.values();
        double rate = rate(epoch);
        switch (args.optimizer()) {
            case ADAM -> {
                double unbiased = rate
                        * Math.sqrt(1 - StrictMath.pow(SQUARE_DECAY, steps))
                        / (1 - StrictMath.pow(MEAN_DECAY, steps));
                kernels.adam(update(unbiased, SQUARE_DECAY), weights, gradients, mean, square);
            }
            case RMSPROP -> kernels.rmsProp(update(rate, RMS_DECAY), weights, gradients, square);
            case SGD -> kernels.sgd(update(rate, 0), weights, gradients);
        }
    }

    private static Kernels.Update update(double rate, double squareDecay) {
        return new Kernels.Update((float) rate, (float) MEAN_DECAY, (float) squareDecay, (float) EPSILON);
    }

    private double rate(int epoch) {
        double done = Math.min(1, (double) epoch / args.decayEpochs());
        return args.learningRate() * 0.5 * (1 + StrictMath.cos(Math.PI * done));
    }

    int steps() {
        return steps;
    }

    float[] values() {
        float[] all = Arrays.copyOf(mean, mean.length + square.length);
        System.arraycopy(square, 0, all, mean.length, square.length);
        return all;
    }

    void restore(int stepsDone, float[] values) {
        steps = stepsDone;
        System.arraycopy(values, 0, mean, 0, mean.length);
        System.arraycopy(values, mean.length, square, 0, square.length);
    }
}
