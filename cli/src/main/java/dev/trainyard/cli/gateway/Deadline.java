package dev.trainyard.cli.gateway;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The time at which a command gives up waiting. */
public final class Deadline {
    /** A deadline that never passes. */
    public static final Deadline NEVER = new Deadline(null);

    private final @Nullable Duration duration;
    private final long start = System.nanoTime();

    private Deadline(@Nullable Duration duration) {
        this.duration = duration;
    }

    /** @param duration from now on; null for no deadline */
    public static Deadline in(@Nullable Duration duration) {
        return duration == null ? NEVER : new Deadline(duration);
    }

    public boolean hasPassed() {
        return duration != null && remaining(duration).isZero();
    }

    /** Returns {@code longest} or the time that is left, whichever is shorter; never negative. */
    public Duration atMost(Duration longest) {
        if (duration == null) {
            return longest;
        }
        Duration remaining = remaining(duration);
        return longest.compareTo(remaining) < 0 ? longest : remaining;
    }

    /** Returns the full duration, counted from the creation, of a deadline that can pass. */
    public Duration duration() {
        return Objects.requireNonNull(duration);
    }

    private Duration remaining(Duration whole) {
        Duration remaining = whole.minusNanos(System.nanoTime() - start);
        return remaining.isNegative() ? Duration.ZERO : remaining;
    }
}
