package dev.trainyard.gateway.estimates;

import java.util.List;
import java.util.PriorityQueue;

/** How long a job waits behind others, if workers take one after the other as they become free. */
final class QueueModel {
    private QueueModel() {}

    /**
     * Seconds until a worker is free for one more job.
     *
     * @param running seconds that each running job still takes
     * @param waiting seconds of each job before it
     */
    static double wait(List<Double> running, List<Double> waiting, int workers) {
        PriorityQueue<Double> free = new PriorityQueue<>(running);
        while (free.size() < workers) {
            free.add(0.0);
        }
        for (double seconds : waiting) {
            free.add(free.remove() + seconds);
        }
        return free.remove();
    }

    /** What is left of a run that was forecast at {@code forecast} seconds; one that is late may end at any time. */
    static double remaining(double forecast, double elapsed) {
        return Math.max(forecast - elapsed, 0.1 * forecast / (1 + elapsed / forecast));
    }
}
