package dev.trainyard.engine.dl4j;

/** Seeds of ND4J's generator. */
final class Nd4jSeeds {
    /** Replaces 0, for which ND4J's native generator uses the time of day. */
    private static final long FOR_ZERO = 0x9e3779b97f4a7c15L;

    private Nd4jSeeds() {}

    /** Returns a seed with a reproducible stream. */
    static long repeatable(long seed) {
        return seed == 0 ? FOR_ZERO : seed;
    }
}
