package dev.trainyard.gateway.estimates;

import java.util.List;

/**
 * How a job that is submitted now is expected to fare.
 *
 * @param delay seconds until it starts
 * @param waits whether no worker is free for it
 */
record QueueForecast(RunForecast run, double delay, double delayScale, boolean waits) {
    /** From a submit to a start where a worker is free. */
    private static final double HAND_OVER_SECONDS = 0.3;

    private static final double WAIT_SPREAD = 0.3;

    static QueueForecast of(RunForecast run, List<Double> running, List<Double> waiting, int workers) {
        double wait = QueueModel.wait(running, waiting, workers) + HAND_OVER_SECONDS;
        boolean waits = running.size() + waiting.size() >= workers;
        // which of several jobs is taken next is not sure, so even a short wait may become that of a whole job
        double scale = waits ? wait + mean(running, waiting) / workers : HAND_OVER_SECONDS;
        return new QueueForecast(run, wait, scale, waits);
    }

    private static double mean(List<Double> running, List<Double> waiting) {
        double sum = 0;
        for (double seconds : running) {
            sum += seconds;
        }
        for (double seconds : waiting) {
            sum += seconds;
        }
        return sum / Math.max(1, running.size() + waiting.size());
    }

    double total() {
        return delay + run.seconds();
    }

    /** Of the logarithm of {@link #total}. */
    double totalSpread() {
        double ofRun = run.spread() * run.seconds() / total();
        double ofWait = waits ? WAIT_SPREAD * delay / total() : 0;
        return Math.sqrt(ofRun * ofRun + ofWait * ofWait);
    }
}
