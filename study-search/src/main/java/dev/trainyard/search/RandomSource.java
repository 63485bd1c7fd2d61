package dev.trainyard.search;

/**
 * SplitMix64 (Steele, Lea and Flood, 2014). The same numbers in every release of Java and on every machine, which a
 * replay needs and {@code java.util.random} does not promise.
 */
final class RandomSource {
    private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;

    private long state;

    private RandomSource(long state) {
        this.state = state;
    }

    /** Returns the source of one trial, independent of those of other trials. */
    static RandomSource of(long seed, int trialNumber) {
        return new RandomSource(mix(mix(seed + GOLDEN_GAMMA) ^ mix(trialNumber * GOLDEN_GAMMA + 1)));
    }

    long nextLong() {
        state += GOLDEN_GAMMA;
        return mix(state);
    }

    /** Returns a number from 0 (included) to 1 (excluded). */
    double nextDouble() {
        return (nextLong() >>> 11) * 0x1.0p-53;
    }

    /** Returns a normally distributed number, by Marsaglia's polar method. */
    double nextGaussian() {
        double x;
        double square;
        do {
            x = 2 * nextDouble() - 1;
            double y = 2 * nextDouble() - 1;
            square = x * x + y * y;
        } while (square >= 1 || square == 0);
        return x * StrictMath.sqrt(-2 * StrictMath.log(square) / square);
    }

    static long mix(long value) {
        long z = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
