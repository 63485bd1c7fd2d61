package dev.trainyard.benchmarks.dispatch;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A job that was handed out, by the database's clock.
 *
 * @param claimed null if no trainer has claimed it yet
 * @param ended null if it has not ended yet
 */
record StartedJob(
        String project,
        @Nullable String worker,
        Instant dispatched,
        @Nullable Instant claimed,
        @Nullable Instant ended) {}
