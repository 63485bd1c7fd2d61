package dev.trainyard.cli;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Guesses which word was meant by one that is not known. */
final class Spelling {
    /** Letters that may be wrong, missing, too many or, as a pair, the other way round. */
    private static final int MOST_MISTAKES = 2;

    private Spelling() {}

    /** The word of {@code known} that is most like {@code word}; empty if none is. */
    static Optional<String> nearest(String word, Collection<String> known) {
        return known.stream()
                .filter(other -> other.length() > MOST_MISTAKES + 1 && mistakes(word, other) <= MOST_MISTAKES)
                .min(Comparator.<String>comparingInt(other -> mistakes(word, other))
                        .thenComparing(Comparator.naturalOrder()));
    }

    /** Whether the word of {@code known} that is most like {@code word} was meant; empty if none is like it. */
    static String question(String word, Collection<String> known) {
        return nearest(word, known).map("Did you mean %s? "::formatted).orElse("");
    }

    private static int mistakes(String a, String b) {
        int[][] cost = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    cost[i][j] = i + j;
                    continue;
                }
                int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                int best = Math.min(cost[i - 1][j - 1] + change, 1 + Math.min(cost[i - 1][j], cost[i][j - 1]));
                boolean swapped =
                        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
                cost[i][j] = swapped ? Math.min(best, cost[i - 2][j - 2] + 1) : best;
            }
        }
        return cost[a.length()][b.length()];
    }
}
