package dev.trainyard.message;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Doubling delay between attempts, which a stop ends. Not thread-safe. */
public final class RetryDelay {
    private final Duration first;
    private final Duration longest;
    private Duration next;

    public RetryDelay(Duration first, Duration longest) {
        this.first = first;
        this.longest = longest;
        this.next = first;
    }

    /** The delay that {@link #await} waits for next. */
    public Duration next() {
        return next;
    }

    /** Starts again with the first delay, after a success. */
    public void reset() {
        next = first;
    }

    /** Waits, and doubles the delay. Returns true if {@code stop} was released, so that there is no next attempt. */
    public boolean await(CountDownLatch stop) throws InterruptedException {
        Duration now = next;
        Duration doubled = now.multipliedBy(2);
        next = doubled.compareTo(longest) < 0 ? doubled : longest;
        return stop.await(now.toMillis(), TimeUnit.MILLISECONDS);
    }
}
