package dev.trainyard.cli.gateway;

import java.time.Duration;

/** The time at which a command gives up waiting. */
public final class Deadline {
    /** A deadline that never passes. */
    public static final Deadline NEVER = new Deadline(null);

    private final Duration duration;
    private final long start = System.nanoTime();

    private Deadline(Duration duration) {
        this.duration = duration;
    }

    /** @param duration from now on; null for no deadline */
    public static Deadline in(Duration duration) {
        return duration == null ? NEVER : new Deadline(duration);
    }

    public boolean hasPassed() {
        return duration != null && remaining().isZero();
    }

    /** Returns {@code longest} or the time that is left, whichever is shorter; never negative. */
    public Duration atMost(Duration longest) {
        return duration == null || longest.compareTo(remaining()) < 0 ? longest : remaining();
    }

    /** The full duration, counted from the creation; null for no deadline. */
    public Duration duration() {
        return duration;
    }

    private Duration remaining() {
        Duration remaining = duration.minusNanos(System.nanoTime() - start);
        return remaining.isNegative() ? Duration.ZERO : remaining;
    }
}
