package dev.trainyard.gateway.jobs;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.jdbi.v3.core.Handle;

/**
 * Limits the number of queued jobs of the platform. Counting them takes longer the more there are, so a count is used for
 * some time and increased by the jobs that this gateway stored since; only a full queue is counted again. Several
 * gateways together may exceed the limit by the jobs that they accept within {@link #MAX_AGE}.
 */
final class QueueLimit {
    private static final Duration MAX_AGE = Duration.ofSeconds(1);

    private final int jobs;
    private volatile Count latest = new Count(0, new AtomicLong(), System.nanoTime() - MAX_AGE.toNanos());

    /** @param stored jobs that this gateway stored since, perhaps in transactions that were rolled back */
    private record Count(long queued, AtomicLong stored, long nanoTime) {
        long estimate() {
            return queued + stored.get();
        }

        boolean isOld() {
            return System.nanoTime() - nanoTime >= MAX_AGE.toNanos();
        }
    }

    QueueLimit(int jobs) {
        this.jobs = jobs;
    }

    int jobs() {
        return jobs;
    }

    boolean isReached(Handle handle) {
        Count count = latest;
        if (count.isOld() || count.estimate() >= jobs) {
            count = new Count(queued(handle), new AtomicLong(), System.nanoTime());
            latest = count;
        }
        return count.estimate() >= jobs;
    }

    /** Counts a job that the caller's transaction stores. */
    void added() {
        latest.stored().incrementAndGet();
    }

    private long queued(Handle handle) {
        return handle.createQuery(
                        "select count(*) from (select 1 from job where status = 'queued' limit :limit) waiting")
                .bind("limit", jobs)
                .mapTo(Long.class)
                .one();
    }
}
