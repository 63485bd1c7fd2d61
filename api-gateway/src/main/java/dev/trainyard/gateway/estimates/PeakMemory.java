package dev.trainyard.gateway.estimates;

import dev.trainyard.job.Optimizer;
import dev.trainyard.network.NetworkSize;

/** What a trainer's process holds at most, reckoned from the network; its own part was measured. */
final class PeakMemory {
    /**
     * JVM, native libraries, dataset, and what an evaluation of 1,000 images, an export and the forms that are tried take:
     * a trainer that ran 65 jobs on 12,000 images held 1,133 MB at most, of which the largest network's share was 100
     * MB; 60,000 images take 38 MB more.
     */
    private static final long PROCESS_BYTES = 1_040L * 1024 * 1024;

    private static final int FLOAT = 4;
    /** Outputs, their gradients and what the layers keep between the two passes. */
    private static final int PASSES = 3;

    private PeakMemory() {}

    static long bytes(NetworkSize size, int batch, Optimizer optimizer) {
        int state = optimizer == Optimizer.ADAM ? 2 : optimizer == Optimizer.RMSPROP ? 1 : 0;
        // weights, gradients and the optimizer's state, and all but the gradients once more as a checkpoint is written
        long weights = FLOAT * size.parameters() * (2 + state + 1 + state);
        long activations = FLOAT * size.activations() * PASSES * Math.max(batch, 1_000);
        return PROCESS_BYTES + weights + activations;
    }
}
