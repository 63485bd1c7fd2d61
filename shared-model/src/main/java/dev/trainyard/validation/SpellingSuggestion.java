package dev.trainyard.validation;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Finds what somebody probably meant. */
public final class SpellingSuggestion {
    /** A flag of one letter is near to every other. */
    private static final int MIN_OPTION = 3;

    private SpellingSuggestion() {}

    /** {@code Did you mean --epochs? } for a word of a command line, or nothing. */
    public static String didYouMean(String typed, Collection<String> known) {
        List<String> likely = known.stream()
                .filter(name -> !name.startsWith("-") || name.length() >= MIN_OPTION)
                .sorted()
                .toList();
        return closest(typed, likely).map("Did you mean %s? "::formatted).orElse("");
    }

    /** The nearest of {@code known} if it is near: at most one edit in three letters. */
    static Optional<String> closest(String typed, Collection<String> known) {
        String lower = typed.toLowerCase(Locale.ROOT);
        int limit = Math.max(1, Math.min(3, lower.length() / 3));
        return known.stream()
                .filter(name -> distance(lower, name.toLowerCase(Locale.ROOT)) <= limit)
                .min(Comparator.comparingInt(name -> distance(lower, name.toLowerCase(Locale.ROOT))));
    }

    /** {@code ; did you mean "lenet5"?} or nothing. */
    static String hint(String typed, Collection<String> known) {
        return closest(typed, known)
                .map(name -> "; did you mean \"%s\"?".formatted(name))
                .orElse("");
    }

    /** Levenshtein distance where swapping two neighbours counts as one edit. */
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
