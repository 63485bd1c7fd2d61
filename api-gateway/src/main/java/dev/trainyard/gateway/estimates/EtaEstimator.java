package dev.trainyard.gateway.estimates;

import org.jspecify.annotations.Nullable;

/** Estimates the end of a run from its worker's reports and from past jobs. */
public interface EtaEstimator {
    /** Uses the worker's report only. */
    EtaEstimator FROM_WORKER = run -> run.ownEta() == null ? null : (Double) Math.max(0, run.ownEta());

    /**
     * State of a run.
     *
     * @param config training configuration as JSON
     * @param engine id of the engine that trains; null before the first report
     * @param elapsed seconds since the job first started
     * @param progress of the whole run, 0 to 1
     * @param ownEta remaining seconds by the worker's last report, may be negative; null before the first report
     */
    record Run(
            String config,
            @Nullable String engine,
            int attempt,
            double elapsed,
            double progress,
            @Nullable Double ownEta) {}

    /** Returns the seconds until the end. */
    @Nullable
    Double seconds(Run run);
}
