package dev.trainyard.gateway.runtime;

import java.time.Duration;
import java.util.function.Supplier;

/**
 * A task that runs periodically, and sooner when it is woken.
 *
 * @param name unique name, a tag value of the metrics
 * @param period longest time from the end of a run to the start of the next
 * @param minPause shortest time between the starts of two runs
 * @param work runs once; returns the time to the next run, null for {@code period}
 */
public record PeriodicTask(String name, TaskScope scope, Duration period, Duration minPause, Supplier<Duration> work) {

    /** A task of every gateway. */
    public static PeriodicTask every(Duration period, String name, Runnable work) {
        return new PeriodicTask(name, TaskScope.EVERY_GATEWAY, period, Duration.ZERO, () -> {
            work.run();
            return null;
        });
    }

    public PeriodicTask onLeader() {
        return new PeriodicTask(name, TaskScope.LEADER, period, minPause, work);
    }

    public PeriodicTask atMostEvery(Duration pause) {
        return new PeriodicTask(name, scope, period, pause, work);
    }
}
