package dev.trainyard.image.testing;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;

/**
 * Damaged and malicious PNGs without end: each seed makes one, the same every time. A whole PNG of one of many kinds
 * goes through one to four mutations, and most often its CRCs are made right again, so that what lies behind them is
 * reached.
 */
public final class HostilePngs {
    private static final int MAX_MUTATIONS = 4;
    private static final List<byte[]> BASES = HostileBases.all();

    private HostilePngs() {}

    /**
     * A file.
     *
     * @param steps what was done, in order
     */
    public record Mutant(long seed, List<String> steps, byte[] bytes) {
        @Override
        public String toString() {
            return "HostilePngs.of(%d): %s, %d bytes".formatted(seed, String.join(", ", steps), bytes.length);
        }
    }

    public static Mutant of(long seed) {
        return of(seed, MAX_MUTATIONS);
    }

    /** The same with only its first {@code most} mutations. */
    public static Mutant of(long seed, int most) {
        Random random = new Random(seed * 0x9E3779B97F4A7C15L);
        int base = random.nextInt(BASES.size());
        // one alone gets the deepest
        int mutations = random.nextInt(3) > 0 ? 1 : 1 + random.nextInt(MAX_MUTATIONS);
        boolean repaired = random.nextInt(10) < 7;
        List<String> steps = new ArrayList<>(List.of("base " + base));
        byte[] bytes = BASES.get(base);
        for (int i = 0; i < Math.min(most, mutations); i++) {
            HostileMutation[] all = HostileMutation.values();
            HostileMutation mutation = all[random.nextInt(all.length)];
            bytes = mutation.apply(bytes, random);
            steps.add(mutation.name());
        }
        if (repaired) {
            bytes = PngPieces.withRightCrcs(bytes);
            steps.add("CRCs repaired");
        }
        return new Mutant(seed, steps, bytes);
    }

    /** The mutant of {@code seed} with as few mutations as still fail. */
    public static Mutant smallest(long seed, Predicate<byte[]> fails) {
        for (int most = 0; most < MAX_MUTATIONS; most++) {
            Mutant mutant = of(seed, most);
            if (fails.test(mutant.bytes())) {
                return mutant;
            }
        }
        return of(seed);
    }

    /** The whole PNGs that mutants are made of. */
    public static List<byte[]> bases() {
        return BASES.stream().map(bytes -> Arrays.copyOf(bytes, bytes.length)).toList();
    }
}
