package dev.trainyard.trainer.report;

import java.time.Duration;
import java.time.Instant;

/** A clock that the test advances. */
public final class ManualClock implements RunClock {
    private Duration elapsed = Duration.ZERO;

    public void advance(Duration by) {
        elapsed = elapsed.plus(by);
    }

    @Override
    public Instant now() {
        return Instant.parse("2026-01-01T00:00:00Z").plus(elapsed);
    }

    @Override
    public long nanos() {
        return elapsed.toNanos();
    }
}
