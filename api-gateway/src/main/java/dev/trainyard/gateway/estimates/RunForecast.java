package dev.trainyard.gateway.estimates;

/**
 * How long a job is expected to run.
 *
 * @param around seconds before the first epoch and after the last
 * @param spread of the natural logarithm of the whole, as a first guess
 * @param pace images a second; null if no job told any
 * @param basis how near the jobs are that it was learnt from
 */
record RunForecast(double seconds, double around, double spread, Double pace, Basis basis, int jobs) {

    /** Where a forecast comes from. */
    enum Basis {
        SAME_CONFIGURATION,
        SAME_NETWORK,
        OTHER_NETWORKS,
        NO_JOBS_YET
    }
}
