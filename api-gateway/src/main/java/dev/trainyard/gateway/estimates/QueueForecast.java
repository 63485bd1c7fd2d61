package dev.trainyard.gateway.estimates;

import java.util.List;

/**
 * Expected start and end of a job that is submitted now.
 *
 * @param delay seconds until it starts
 * @param delayScale unit of the error of {@code delay}, in seconds
 * @param waits true if no worker is free for it
 */
record QueueForecast(RunForecast run, double delay, double delayScale, boolean waits) {
    /** From submission to start if a worker is free. */
    private static final double DISPATCH_SECONDS = 0.3;

    private static final double WAIT_SPREAD = 0.3;

    static QueueForecast of(RunForecast run, List<Double> running, List<Double> waiting, int workers) {
        double wait = QueueModel.wait(running, waiting, workers) + DISPATCH_SECONDS;
        boolean waits = running.size() + waiting.size() >= workers;
        // the order of jobs is not certain, so a short wait may grow by the length of one job
        double scale = waits ? wait + mean(running, waiting) / workers : DISPATCH_SECONDS;
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

    /** Standard deviation of the natural logarithm of {@link #total}. */
    double totalSpread() {
        double ofRun = run.spread() * run.seconds() / total();
        double ofWait = waits ? WAIT_SPREAD * delay / total() : 0;
        return Math.sqrt(ofRun * ofRun + ofWait * ofWait);
    }
}
