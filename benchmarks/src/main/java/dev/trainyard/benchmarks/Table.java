package dev.trainyard.benchmarks;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The rows that a benchmark prints, as Markdown. */
public final class Table {
    private Table() {}

    public static void heading() {
        System.out.println("| what | measured | against | ratio | wanted |");
        System.out.println("|---|---|---|---|---|");
    }

    public static void row(String what, String measured, String against, String ratio, String wanted) {
        System.out.printf("| %s | %s | %s | %s | %s |%n", what, measured, against, ratio, wanted);
    }

    /** Middle value, of an even count the mean of the two. */
    public static double median(List<Double> values) {
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int half = sorted.length / 2;
        return sorted.length % 2 == 1
                ? sorted[half]
                : Arrays.stream(sorted, half - 1, half + 1).average().orElseThrow();
    }

    public static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }
}
