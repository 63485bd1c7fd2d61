package dev.trainyard.cli.gateway;

import java.time.Duration;

/** When a command gives up, whatever it waits for. */
public final class Deadline {
    /** Of a command that does not. */
    public static final Deadline NEVER = new Deadline(null);

    private final Duration duration;
    private final long start = System.nanoTime();

    private Deadline(Duration duration) {
        this.duration = duration;
    }

    /** @param duration from now on; null for none */
    public static Deadline in(Duration duration) {
        return duration == null ? NEVER : new Deadline(duration);
    }

    public boolean hasPassed() {
        return duration != null && remaining().isZero();
    }

    /** What is left of it, at most {@code longest}; never negative. */
    public Duration atMost(Duration longest) {
        return duration == null || longest.compareTo(remaining()) < 0 ? longest : remaining();
    }

    /** What it was at the beginning; null for none. */
    public Duration duration() {
        return duration;
    }

    private Duration remaining() {
        Duration remaining = duration.minusNanos(System.nanoTime() - start);
        return remaining.isNegative() ? Duration.ZERO : remaining;
    }
}
