package dev.trainyard.gateway.estimates;

import java.time.Duration;
import java.util.OptionalInt;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Number of trainers. Between two jobs a trainer is briefly neither running nor idle, and the number is unknown while
 * the broker does not answer, so recent observations still count.
 */
final class TrainerCount {
    /** The largest number seen within this time counts. */
    static final Duration BETWEEN_JOBS = Duration.ofSeconds(15);
    /** The number is unknown once the broker has not answered for this time. */
    static final Duration KNOWN = Duration.ofSeconds(60);

    private final Supplier<OptionalInt> probe;
    private final LongSupplier nanos;
    private boolean observed;
    private long observedAt;
    private int largest;
    private long largestSeenAt;

    /**
     * @param probe current number of trainers; empty if the broker does not answer
     * @param nanos monotonic clock
     */
    TrainerCount(Supplier<OptionalInt> probe, LongSupplier nanos) {
        this.probe = probe;
        this.nanos = nanos;
    }

    /**
     * Returns the number of trainers; empty if unknown.
     *
     * @param running number of running jobs, each of which occupies a trainer
     */
    OptionalInt count(int running) {
        OptionalInt current = probe.get(); // outside the lock, because it may wait for the broker
        synchronized (this) {
            long now = nanos.getAsLong();
            if (current.isPresent()) {
                observe(Math.max(current.getAsInt(), running), now);
                return OptionalInt.of(largest);
            }
            boolean known = observed && now - observedAt <= KNOWN.toNanos();
            return known ? OptionalInt.of(Math.max(largest, running)) : OptionalInt.empty();
        }
    }

    private void observe(int count, long now) {
        observed = true;
        observedAt = now;
        if (count >= largest || now - largestSeenAt > BETWEEN_JOBS.toNanos()) {
            largest = count;
            largestSeenAt = now;
        }
    }
}
