package dev.trainyard.gateway.estimates;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Times of a job that was queued or run.
 *
 * @param startedAt null if it did not run
 * @param endedAt null if it still runs
 * @param epochSeconds seconds of all epochs together
 * @param pace last reported images per second
 * @param engine id of the engine that trained; null for an import, and if the worker did not report it
 * @param whole true if it succeeded at the first attempt, so that its times are representative
 */
record PastJob(
        Workload work,
        Instant createdAt,
        @Nullable Instant startedAt,
        @Nullable Instant endedAt,
        double epochSeconds,
        @Nullable Double pace,
        @Nullable String engine,
        boolean whole) {

    /** Seconds of a job that ran and has ended. */
    double seconds() {
        return seconds(Objects.requireNonNull(startedAt), Objects.requireNonNull(endedAt));
    }

    /** Seconds before the first epoch and after the last. */
    double overheadSeconds() {
        return Math.max(0.01, seconds() - epochSeconds);
    }

    double secondsPerEpoch(double otherwise) {
        return work.epochs() == 0 ? otherwise : Math.max(0.001, epochSeconds / work.epochs());
    }

    boolean waitedAt(Instant at) {
        Instant until = startedAt != null ? startedAt : endedAt;
        return createdAt.isBefore(at) && (until == null || until.isAfter(at));
    }

    boolean ranAt(Instant at) {
        return startedAt != null && startedAt.isBefore(at) && (endedAt == null || endedAt.isAfter(at));
    }

    static double seconds(Instant from, Instant to) {
        return Duration.between(from, to).toNanos() / 1e9;
    }
}
