package dev.trainyard.gateway.estimates;

import dev.trainyard.job.Optimizer;
import dev.trainyard.network.NetworkSize;

/** Estimates the peak memory of a trainer process: a measured base plus weights and activations of the network. */
final class PeakMemory {
    /**
     * JVM, native libraries, dataset, an evaluation of 1,000 images, export and variants. Measured: a trainer that ran
     * 65 jobs on 12,000 images peaked at 1,133 MB, of which the largest network used 100 MB; 60,000 images take 38 MB
     * more.
     */
    private static final long PROCESS_BYTES = 1_040L * 1024 * 1024;

    private static final int FLOAT = 4;
    /** Outputs, their gradients, and values kept between forward and backward pass. */
    private static final int PASSES = 3;

    private PeakMemory() {}

    static long bytes(NetworkSize size, int batch, Optimizer optimizer) {
        int state = optimizer == Optimizer.ADAM ? 2 : optimizer == Optimizer.RMSPROP ? 1 : 0;
        // weights, gradients and optimizer state; weights and state again while a checkpoint is written
        long weights = FLOAT * size.parameters() * (2 + state + 1 + state);
        long activations = FLOAT * size.activations() * PASSES * Math.max(batch, 1_000);
        return PROCESS_BYTES + weights + activations;
    }
}
