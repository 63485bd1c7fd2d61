package dev.trainyard.worker;

import org.jspecify.annotations.Nullable;

/** One worker with all its threads. {@link WorkerApplication} starts and drains it, {@link WorkerHealth} reports on it. */
public interface Worker extends AutoCloseable {

    /** Name of its health checks, such as {@code trainer}. */
    String kind();

    void start();

    /** Returns true while its threads run. */
    boolean isAlive();

    /** Reason why it is not ready, as the rest of a sentence; null if it is ready. */
    @Nullable
    String notReady();

    /** Records that it leaves to a later release, as the rest of a sentence; null if there are none. */
    default @Nullable String skipped() {
        return null;
    }

    /** What it lacks although it is ready, as a sentence; null if nothing. */
    default @Nullable String degraded() {
        return null;
    }

    /** Drains: returns or finishes its current work, sends what is pending, and ends. */
    @Override
    void close();
}
