package dev.trainyard.image;

/** Quantiles of level histograms with one bin per level. */
final class HistogramQuantiles {
    private HistogramQuantiles() {}

    /** The median level. */
    static int median(long[] histogram) {
        return quantile(histogram, 0, 0.5);
    }

    /** The level below which {@code share} of the counts from {@code lowest} on lie. */
    static int quantile(long[] histogram, int lowest, double share) {
        double wanted = share * count(histogram, lowest);
        long seen = 0;
        for (int level = lowest; level < histogram.length; level++) {
            seen += histogram[level];
            if (seen > 0 && seen >= wanted) {
                return level;
            }
        }
        return histogram.length - 1;
    }

    /** Sum of the counts from {@code lowest} on. */
    static long count(long[] histogram, int lowest) {
        long total = 0;
        for (int level = lowest; level < histogram.length; level++) {
            total += histogram[level];
        }
        return total;
    }
}
