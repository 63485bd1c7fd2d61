package dev.trainyard.benchmarks.report;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Prints benchmark results as a Markdown table. */
public final class Table {
    private Table() {}

    public static void heading() {
        System.out.println("| benchmark | measured | reference | ratio | target |");
        System.out.println("|---|---|---|---|---|");
    }

    public static void row(String what, String measured, String reference, String ratio, String target) {
        System.out.printf("| %s | %s | %s | %s | %s |%n", what, measured, reference, ratio, target);
    }

    /** The median; for an even count the mean of the two middle values. */
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
