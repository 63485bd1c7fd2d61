package dev.trainyard.gateway.estimates;

/** Says when a run will end, from what its worker tells and what is known of others. */
public interface EtaEstimator {
    /** By the worker alone. */
    EtaEstimator FROM_WORKER = run -> run.ownEta() == null ? null : (Double) Math.max(0, run.ownEta());

    /**
     * A run as it stands.
     *
     * @param config JSON
     * @param elapsed seconds since the job first started
     * @param progress of the whole run, 0 to 1
     * @param ownEta seconds left by the worker's last word, less those since; below 0 when that is over; null before
     */
    record Run(String config, int attempt, double elapsed, double progress, Double ownEta) {}

    /** Seconds until the end; null where nobody can tell. */
    Double seconds(Run run);
}
