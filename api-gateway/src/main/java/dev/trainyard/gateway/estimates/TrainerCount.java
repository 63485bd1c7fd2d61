package dev.trainyard.gateway.estimates;

import java.time.Duration;
import java.util.OptionalInt;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * How many trainers there are. Between two jobs one is for a moment neither at work nor among those that wait, and while
 * the broker is silent nobody says; so what was seen a short while ago still counts.
 */
final class TrainerCount {
    /** The most that were there within this time are there. */
    static final Duration BETWEEN_JOBS = Duration.ofSeconds(15);
    /** So long after the broker's last word the number is taken to be the same; then it is not known. */
    static final Duration KNOWN = Duration.ofSeconds(60);

    private final Supplier<OptionalInt> look;
    private final LongSupplier nanos;
    private boolean everTold;
    private long toldAt;
    private int most;
    private long mostSeenAt;

    /**
     * @param look how many there are now; empty where the broker does not say
     * @param nanos of a clock that only goes forth
     */
    TrainerCount(Supplier<OptionalInt> look, LongSupplier nanos) {
        this.look = look;
        this.nanos = nanos;
    }

    /**
     * How many are there; empty where that is not known.
     *
     * @param running jobs that are being trained, each by a trainer of its own
     */
    OptionalInt count(int running) {
        OptionalInt told = look.get(); // may ask the broker, so nobody else waits for it
        synchronized (this) {
            long now = nanos.getAsLong();
            if (told.isPresent()) {
                see(Math.max(told.getAsInt(), running), now);
                return OptionalInt.of(most);
            }
            boolean known = everTold && now - toldAt <= KNOWN.toNanos();
            return known ? OptionalInt.of(Math.max(most, running)) : OptionalInt.empty();
        }
    }

    private void see(int count, long now) {
        everTold = true;
        toldAt = now;
        if (count >= most || now - mostSeenAt > BETWEEN_JOBS.toNanos()) {
            most = count;
            mostSeenAt = now;
        }
    }
}
