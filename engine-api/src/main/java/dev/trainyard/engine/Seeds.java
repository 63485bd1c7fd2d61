package dev.trainyard.engine;

/** Seeds of all randomness, derived from the run's seed. */
public final class Seeds {
    private Seeds() {}

    /** Mixes seed and number, so that neighbouring values do not give correlated streams (SplitMix64's finisher). */
    public static long mix(long seed, int number) {
        long z = seed + 0x9e3779b97f4a7c15L * (number + 1);
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
