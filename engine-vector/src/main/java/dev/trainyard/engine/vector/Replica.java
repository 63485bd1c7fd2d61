package dev.trainyard.engine.vector;

import dev.trainyard.dataset.ImageDataset;
import java.util.Arrays;
import java.util.SplittableRandom;

/** A network with arrays of its own that computes the gradient of one part of a batch. One thread at a time uses it. */
final class Replica {
    private final VectorNetwork network;
    private final Batches batches;
    private int samples;

    Replica(VectorNetwork network, Kernels kernels) {
        this.network = network;
        this.batches = new Batches(kernels, network.input());
    }

    /**
     * Computes loss and gradient of the images at {@code order[from]} to {@code order[to - 1]}.
     *
     * @param seed of the values to drop
     */
    void train(ImageDataset images, int[] order, int from, int to, int batchSize, long seed) {
        samples = to - from;
        Arrays.fill(gradients(), 0);
        batches.load(images, order, from, to);
        float[] logits = network.forward(batches.pixels(), samples, new SplittableRandom(seed));
        network.loss().compute(logits, batches.labels(), samples, batchSize);
        network.backward(batches.pixels(), samples);
    }

    /** @throws IllegalArgumentException if the images do not have the network's shape */
    void require(ImageDataset images) {
        batches.require(images);
    }

    /** Those of the last images. */
    SoftmaxLoss loss() {
        return network.loss();
    }

    /** Number of the last images. */
    int samples() {
        return samples;
    }

    float[] gradients() {
        return network.parameters().gradients();
    }

    VectorNetwork network() {
        return network;
    }
}
