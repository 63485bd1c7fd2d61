package dev.trainyard.validation;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Suggests the most similar known word for a typo. */
public final class SpellingSuggestion {
    /** Shorter options are not suggested, because a flag of one letter is similar to all others. */
    private static final int MIN_OPTION = 3;

    private SpellingSuggestion() {}

    /** Returns {@code Did you mean --epochs? } for a word of a command line, or an empty string. */
    public static String didYouMean(String typed, Collection<String> known) {
        List<String> likely = known.stream()
                .filter(name -> !name.startsWith("-") || name.length() >= MIN_OPTION)
                .sorted()
                .toList();
        return closest(typed, likely).map("Did you mean %s? "::formatted).orElse("");
    }

    /** The most similar word of {@code known} with at most one edit per three letters. */
    static Optional<String> closest(String typed, Collection<String> known) {
        String lower = typed.toLowerCase(Locale.ROOT);
        int limit = Math.max(1, Math.min(3, lower.length() / 3));
        return known.stream()
                .filter(name -> distance(lower, name.toLowerCase(Locale.ROOT)) <= limit)
                .min(Comparator.comparingInt(name -> distance(lower, name.toLowerCase(Locale.ROOT))));
    }

    /** Returns {@code ; did you mean "lenet5"?} or an empty string. */
    static String hint(String typed, Collection<String> known) {
        return closest(typed, known)
                .map(name -> "; did you mean \"%s\"?".formatted(name))
                .orElse("");
    }

    /** Levenshtein distance that counts a swap of neighbours as one edit. */
    private static int distance(String a, String b) {
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                d[i][j] = i == 0 || j == 0 ? i + j : cheapestEdit(a, b, d, i, j);
            }
        }
        return d[a.length()][b.length()];
    }

    private static int cheapestEdit(String a, String b, int[][] d, int i, int j) {
        int replace = d[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        int best = Math.min(replace, 1 + Math.min(d[i - 1][j], d[i][j - 1]));
        boolean swapped = i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
        return swapped ? Math.min(best, d[i - 2][j - 2] + 1) : best;
    }
}
