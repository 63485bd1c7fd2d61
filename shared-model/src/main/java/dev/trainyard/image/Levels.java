package dev.trainyard.image;

import java.util.Arrays;

/** Levels that part strokes from background, found in histograms of 256 bins. */
final class Levels {
    private Levels() {}

    /** The level below which half of all counts lie. */
    static int median(long[] histogram) {
        return quantile(histogram, 0, 0.5);
    }

    /** The level below which {@code share} of the counts from {@code lowest} on lie. */
    static int quantile(long[] histogram, int lowest, double share) {
        long total = Arrays.stream(histogram, lowest, histogram.length).sum();
        long seen = 0;
        for (int level = lowest; level < histogram.length; level++) {
            seen += histogram[level];
            if (seen > 0 && seen >= share * total) {
                return level;
            }
        }
        return histogram.length - 1;
    }

    /** Otsu's threshold: levels above it are one class, those up to it the other. Source: Otsu, 1979. */
    static int otsu(long[] histogram) {
        double total = 0;
        double sum = 0;
        for (int level = 0; level < histogram.length; level++) {
            total += histogram[level];
            sum += (double) level * histogram[level];
        }
        double below = 0;
        double sumBelow = 0;
        double best = -1;
        int threshold = 0;
        for (int level = 0; level < histogram.length - 1; level++) {
            below += histogram[level];
            sumBelow += (double) level * histogram[level];
            if (below == 0 || below == total) {
                continue;
            }
            double difference = sumBelow / below - (sum - sumBelow) / (total - below);
            double variance = below * (total - below) * difference * difference;
            if (variance > best) {
                best = variance;
                threshold = level;
            }
        }
        return threshold;
    }
}
