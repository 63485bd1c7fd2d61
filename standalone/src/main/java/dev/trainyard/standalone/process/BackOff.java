package dev.trainyard.standalone.process;

import java.time.Duration;

/** Restart delay that doubles from 0.5 to 4 seconds and is reset after a process has run for ten seconds. */
final class BackOff {
    private static final Duration FIRST = Duration.ofMillis(500);
    private static final Duration LONGEST = Duration.ofSeconds(4);
    private static final Duration HEALTHY = Duration.ofSeconds(10);

    private Duration next = FIRST;

    /** Returns the delay after a process that ran for {@code lived}. */
    Duration after(Duration lived) {
        if (lived.compareTo(HEALTHY) >= 0) {
            next = FIRST;
        }
        Duration wait = next;
        next = wait.multipliedBy(2).compareTo(LONGEST) > 0 ? LONGEST : wait.multipliedBy(2);
        return wait;
    }
}
