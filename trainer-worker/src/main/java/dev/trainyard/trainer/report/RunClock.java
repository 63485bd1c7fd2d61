package dev.trainyard.trainer.report;

import java.time.Instant;

/** Wall-clock time for display and monotonic time for durations, both replaceable in tests. */
public interface RunClock {

    Instant now();

    /** Monotonic nanoseconds from an arbitrary origin. */
    long nanos();

    static RunClock system() {
        return new RunClock() {
            @Override
            public Instant now() {
                return Instant.now();
            }

            @Override
            public long nanos() {
                return System.nanoTime();
            }
        };
    }
}
