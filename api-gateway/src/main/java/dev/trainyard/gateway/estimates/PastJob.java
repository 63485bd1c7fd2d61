package dev.trainyard.gateway.estimates;

import java.time.Duration;
import java.time.Instant;

/**
 * A job that was in the queue, and when.
 *
 * @param startedAt null if it never ran or has not yet
 * @param endedAt null if it still runs
 * @param epochSeconds of all its epochs together
 * @param pace images a second that it trained last; null if it told none
 * @param whole whether it ran through at the first attempt, so that its times say what such a job takes
 */
record PastJob(
        Workload work,
        Instant createdAt,
        Instant startedAt,
        Instant endedAt,
        double epochSeconds,
        Double pace,
        boolean whole) {

    double seconds() {
        return seconds(startedAt, endedAt);
    }

    /** Before the first epoch and after the last. */
    double aroundSeconds() {
        return Math.max(0.01, seconds() - epochSeconds);
    }

    double epochsOf(double otherwise) {
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
