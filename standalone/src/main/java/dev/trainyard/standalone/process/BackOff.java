package dev.trainyard.standalone.process;

import java.time.Duration;

/** Doubles the wait before each restart, from half a second to 4, and forgets after ten seconds of good health. */
final class BackOff {
    private static final Duration FIRST = Duration.ofMillis(500);
    private static final Duration LONGEST = Duration.ofSeconds(4);
    private static final Duration HEALTHY = Duration.ofSeconds(10);

    private Duration next = FIRST;

    /** How long to wait after a process that lived {@code lived}. */
    Duration after(Duration lived) {
        if (lived.compareTo(HEALTHY) >= 0) {
            next = FIRST;
        }
        Duration wait = next;
        next = wait.multipliedBy(2).compareTo(LONGEST) > 0 ? LONGEST : wait.multipliedBy(2);
        return wait;
    }
}
