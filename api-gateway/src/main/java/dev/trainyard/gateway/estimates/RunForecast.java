package dev.trainyard.gateway.estimates;

import org.jspecify.annotations.Nullable;

/**
 * Expected run time of a job.
 *
 * @param overhead seconds before the first epoch and after the last
 * @param spread standard deviation of the natural logarithm of {@code seconds}
 * @param pace images per second
 * @param basis similarity of the jobs that it derives from
 * @param jobs number of these jobs
 */
record RunForecast(
        double seconds,
        double overhead,
        double spread,
        @Nullable Double pace,
        Basis basis,
        int jobs) {

    /** Similarity of the past jobs that a forecast derives from. */
    enum Basis {
        SAME_CONFIGURATION,
        SAME_NETWORK,
        OTHER_NETWORKS,
        OTHER_ENGINES,
        NO_JOBS_YET
    }
}
