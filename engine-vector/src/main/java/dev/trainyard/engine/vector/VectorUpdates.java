package dev.trainyard.engine.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Optimizer steps in one pass over all parameters, whose number is a multiple of 8. */
final class VectorUpdates {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_256;
    private static final int LANES = Kernels.LANES;

    private VectorUpdates() {}

    static void adam(Kernels.Update u, float[] weights, float[] gradients, float[] mean, float[] square) {
        FloatVector meanDecay = FloatVector.broadcast(S, u.meanDecay());
        FloatVector meanRest = FloatVector.broadcast(S, 1 - u.meanDecay());
        FloatVector squareDecay = FloatVector.broadcast(S, u.squareDecay());
        FloatVector squareRest = FloatVector.broadcast(S, 1 - u.squareDecay());
        FloatVector rate = FloatVector.broadcast(S, u.rate());
        FloatVector epsilon = FloatVector.broadcast(S, u.epsilon());
        for (int i = 0; i < weights.length; i += LANES) {
            FloatVector g = FloatVector.fromArray(S, gradients, i);
            FloatVector m = FloatVector.fromArray(S, mean, i).fma(meanDecay, g.mul(meanRest));
            FloatVector v = FloatVector.fromArray(S, square, i)
                    .fma(squareDecay, g.mul(g).mul(squareRest));
            m.intoArray(mean, i);
            v.intoArray(square, i);
            FloatVector.fromArray(S, weights, i)
                    .sub(m.mul(rate).div(v.sqrt().add(epsilon)))
                    .intoArray(weights, i);
        }
    }

    static void rmsProp(Kernels.Update u, float[] weights, float[] gradients, float[] square) {
        FloatVector squareDecay = FloatVector.broadcast(S, u.squareDecay());
        FloatVector squareRest = FloatVector.broadcast(S, 1 - u.squareDecay());
        FloatVector rate = FloatVector.broadcast(S, u.rate());
        FloatVector epsilon = FloatVector.broadcast(S, u.epsilon());
        for (int i = 0; i < weights.length; i += LANES) {
            FloatVector g = FloatVector.fromArray(S, gradients, i);
            FloatVector v = FloatVector.fromArray(S, square, i)
                    .fma(squareDecay, g.mul(g).mul(squareRest));
            v.intoArray(square, i);
            FloatVector.fromArray(S, weights, i)
                    .sub(g.mul(rate).div(v.sqrt().add(epsilon)))
                    .intoArray(weights, i);
        }
    }

    static void sgd(Kernels.Update u, float[] weights, float[] gradients) {
        FloatVector rate = FloatVector.broadcast(S, u.rate());
        for (int i = 0; i < weights.length; i += LANES) {
            FloatVector.fromArray(S, weights, i)
                    .sub(FloatVector.fromArray(S, gradients, i).mul(rate))
                    .intoArray(weights, i);
        }
    }
}
