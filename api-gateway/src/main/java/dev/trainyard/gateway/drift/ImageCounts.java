package dev.trainyard.gateway.drift;

import dev.trainyard.message.PredictReply.Answered;
import dev.trainyard.message.PredictReply.Trust;
import dev.trainyard.trust.ReferenceHistograms;

/** Counts of the served images of one model version. Not thread-safe. */
final class ImageCounts {
    private long images;
    private long outliers;
    private double probability;
    private final long[] classes;
    private final long[] confidence = new long[ReferenceHistograms.MAX_BINS];
    private final long[] score = new long[ReferenceHistograms.MAX_BINS];
    private final long[] ink = new long[ReferenceHistograms.MAX_BINS];

    ImageCounts(int classes) {
        this.classes = new long[classes];
    }

    /** Returns true if the reply can be counted. */
    static boolean isCountable(Answered reply) {
        int[] bins = reply.trust() == null ? null : reply.trust().bins();
        if (bins == null || bins.length < 3) {
            return false;
        }
        for (int bin : bins) {
            if (bin < 0 || bin >= ReferenceHistograms.MAX_BINS) {
                return false;
            }
        }
        return true;
    }

    void add(Answered reply, Trust trust, int[] bins) {
        if (reply.prediction() >= classes.length) {
            return;
        }
        images++;
        classes[reply.prediction()]++;
        confidence[bins[0]]++;
        score[bins[1]]++;
        ink[bins[2]]++;
        if (trust.outlier()) {
            outliers++;
        } else {
            probability += reply.probabilities()[reply.prediction()];
        }
    }

    void add(ImageCounts other) {
        images += other.images;
        outliers += other.outliers;
        probability += other.probability;
        add(classes, other.classes);
        add(confidence, other.confidence);
        add(score, other.score);
        add(ink, other.ink);
    }

    private static void add(long[] sums, long[] values) {
        for (int i = 0; i < Math.min(sums.length, values.length); i++) {
            sums[i] += values[i];
        }
    }

    long images() {
        return images;
    }

    long outliers() {
        return outliers;
    }

    double probability() {
        return probability;
    }

    Long[] classes() {
        return boxed(classes);
    }

    Long[] confidence() {
        return boxed(confidence);
    }

    Long[] score() {
        return boxed(score);
    }

    Long[] ink() {
        return boxed(ink);
    }

    private static Long[] boxed(long[] values) {
        Long[] boxed = new Long[values.length];
        for (int i = 0; i < values.length; i++) {
            boxed[i] = values[i];
        }
        return boxed;
    }
}
