package dev.trainyard.gateway.estimates;

import java.util.List;
import java.util.PriorityQueue;

/** Simulates a first-in, first-out queue with several workers. */
final class QueueModel {
    private QueueModel() {}

    /**
     * Returns the seconds until a worker is free for one more job.
     *
     * @param running remaining seconds of each running job
     * @param waiting seconds of each job ahead in the queue
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

    /** Returns the remaining seconds of a run; the remainder of an overdue run shrinks but stays positive. */
    static double remaining(double forecast, double elapsed) {
        return Math.max(forecast - elapsed, 0.1 * forecast / (1 + elapsed / forecast));
    }
}
