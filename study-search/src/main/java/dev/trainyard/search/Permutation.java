package dev.trainyard.search;

/** A pseudo-random order of the numbers from 0 to size - 1: a Feistel network of four rounds, with cycle walking. */
final class Permutation {
    private static final int ROUNDS = 4;

    private final long size;
    private final long seed;
    private final int halfBits;

    Permutation(long size, long seed) {
        this.size = size;
        this.seed = seed;
        int bits = Math.max(2, Long.SIZE - Long.numberOfLeadingZeros(size - 1));
        this.halfBits = (bits + 1) / 2;
    }

    /** Returns the number at {@code index} of this order. */
    long at(long index) {
        long number = index;
        do {
            number = encrypted(number);
        } while (Long.compareUnsigned(number, size) >= 0);
        return number;
    }

    private long encrypted(long number) {
        long mask = (1L << halfBits) - 1;
        long left = number >>> halfBits;
        long right = number & mask;
        for (int round = 0; round < ROUNDS; round++) {
            long next = left ^ (RandomSource.mix(RandomSource.mix(seed + round) ^ right) & mask);
            left = right;
            right = next;
        }
        return left << halfBits | right;
    }
}
