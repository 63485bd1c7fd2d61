package dev.trainyard.engine.vector;

/** Weights of all layers in one array, and their gradients in another, so that an optimizer takes one pass. */
final class Parameters {
    private float[] values = new float[0];
    private float[] gradients = new float[0];
    private int reserved;

    /** Reserves places, in whole vectors, before {@link #allocate}; returns the first. */
    int reserve(int count) {
        int first = reserved;
        reserved += Kernels.padded(count);
        return first;
    }

    void allocate() {
        values = new float[reserved];
        gradients = new float[reserved];
    }

    /**
     * Like {@link #allocate} with the weights of {@code other}, which has the same layers.
     *
     * @param trained false if no gradients are computed
     */
    void share(Parameters other, boolean trained) {
        values = other.values;
        gradients = new float[trained ? reserved : 0];
    }

    float[] values() {
        return values;
    }

    float[] gradients() {
        return gradients;
    }
}
