package dev.trainyard.gateway.runtime;

import java.time.Duration;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A task that runs periodically, and sooner when it is woken.
 *
 * @param name unique name, a tag value of the metrics
 * @param period longest time from the end of a run to the start of the next
 * @param minPause shortest time between the starts of two runs
 * @param topics changes that wake the task
 * @param work runs once; returns the time to the next run, null for {@code period}
 */
public record PeriodicTask(
        String name,
        TaskScope scope,
        Duration period,
        Duration minPause,
        Set<ChangeTopic> topics,
        Supplier<@Nullable Duration> work) {

    /** A task of every gateway. */
    public static PeriodicTask every(Duration period, String name, Runnable work) {
        return selfTimed(period, name, () -> {
            work.run();
            return null;
        });
    }

    /** A task of every gateway that returns the time to its next run; {@code retry} applies after a failure. */
    public static PeriodicTask selfTimed(Duration retry, String name, Supplier<@Nullable Duration> work) {
        return new PeriodicTask(name, TaskScope.EVERY_GATEWAY, retry, Duration.ZERO, Set.of(), work);
    }

    public PeriodicTask onLeader() {
        return new PeriodicTask(name, TaskScope.LEADER, period, minPause, topics, work);
    }

    public PeriodicTask atMostEvery(Duration pause) {
        return new PeriodicTask(name, scope, period, pause, topics, work);
    }

    public PeriodicTask on(ChangeTopic... changes) {
        return new PeriodicTask(name, scope, period, minPause, Set.of(changes), work);
    }
}
