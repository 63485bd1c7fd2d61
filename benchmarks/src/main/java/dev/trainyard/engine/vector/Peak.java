package dev.trainyard.engine.vector;

/** Size of {@link PeakBenchmark}, for a JVM that has no vectors itself. */
public final class Peak {
    static final int STEPS = 10_000;
    /** Independent sums, since each waits some cycles for its next addition. */
    static final int CHAINS = 12;

    private Peak() {}

    /** Floating-point operations of a call. */
    public static double operations() {
        return 2.0 * STEPS * CHAINS * Kernels.LANES;
    }
}
