package dev.trainyard.engine.dl4j;

/** Seeds of ND4J's generator. */
final class Seeds {
    /** Replaces 0, for which ND4J's native generator uses the time of day. */
    private static final long FOR_ZERO = 0x9e3779b97f4a7c15L;

    private Seeds() {}

    /** Returns a seed with a reproducible stream. */
    static long repeatable(long seed) {
        return seed == 0 ? FOR_ZERO : seed;
    }

    /** Mixes seed and number, so that neighbouring values do not give correlated streams (SplitMix64's finisher). */
    static long mix(long seed, int number) {
        long z = seed + 0x9e3779b97f4a7c15L * (number + 1);
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
