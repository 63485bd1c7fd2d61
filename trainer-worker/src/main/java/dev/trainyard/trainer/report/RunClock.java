package dev.trainyard.trainer.report;

import java.time.Instant;

/** Wall time for people and steady time for durations, so that tests can move both by hand. */
public interface RunClock {

    Instant now();

    /** Nanoseconds that only ever rise, from an arbitrary origin. */
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
