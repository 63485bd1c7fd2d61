package dev.trainyard.cli.gateway;

import java.time.Duration;

/** When a command gives up, whatever it waits for. */
public final class Deadline {
    /** Of a command that does not. */
    public static final Deadline NEVER = new Deadline(null);

    private final Duration limit;
    private final long begun = System.nanoTime();

    private Deadline(Duration limit) {
        this.limit = limit;
    }

    /** @param limit from now on; null for none */
    public static Deadline in(Duration limit) {
        return limit == null ? NEVER : new Deadline(limit);
    }

    public boolean isOver() {
        return limit != null && left().isZero();
    }

    /** What is left of it, at most {@code longest}; never negative. */
    public Duration atMost(Duration longest) {
        return limit == null || longest.compareTo(left()) < 0 ? longest : left();
    }

    /** What it was at the beginning; null for none. */
    public Duration limit() {
        return limit;
    }

    private Duration left() {
        Duration left = limit.minusNanos(System.nanoTime() - begun);
        return left.isNegative() ? Duration.ZERO : left;
    }
}
