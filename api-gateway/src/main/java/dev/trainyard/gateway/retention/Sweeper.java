package dev.trainyard.gateway.retention;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.util.List;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes what is kept no longer. One gateway sweeps at a time; rows go in small batches, each a transaction of its own,
 * so that nothing else waits for long.
 */
public final class Sweeper {
    private static final Logger LOG = LoggerFactory.getLogger(Sweeper.class);
    /** Of one sweep, so that a backlog of one kind does not keep the other kinds waiting. */
    private static final int MOST_BATCHES = 500;

    private final Jdbi jdbi;
    private final MeterRegistry metrics;
    private final int batch;
    private volatile boolean closed;

    /** One kind of thing that is deleted. */
    public interface Deletion {
        /** Deletes up to {@code most}, as far as it can; returns how many were deleted, {@code most} if more may be left. */
        int delete(int most) throws IOException;
    }

    /** @param what names it in {@code trainyard.retention.deleted} */
    public record Sweep(String what, Deletion deletion) {}

    /** Sweeps that are made together, by one gateway at a time. */
    public record Plan(long lock, List<Sweep> sweeps) {}

    /** @param batch rows of one transaction */
    public Sweeper(Jdbi jdbi, MeterRegistry metrics, int batch) {
        this.jdbi = jdbi;
        this.metrics = metrics;
        this.batch = batch;
    }

    /** Sweeps once; does nothing while another gateway does. */
    public void sweep(Plan plan) {
        jdbi.useHandle(handle -> {
            // of the session, not of a transaction: an open one would keep vacuum from what is deleted meanwhile
            boolean mine = handle.createQuery("select pg_try_advisory_lock(:lock)")
                    .bind("lock", plan.lock())
                    .mapTo(Boolean.class)
                    .one();
            if (!mine) {
                return;
            }
            try {
                plan.sweeps().forEach(this::sweep);
            } finally {
                handle.createQuery("select pg_advisory_unlock(:lock)")
                        .bind("lock", plan.lock())
                        .mapTo(Boolean.class)
                        .one();
            }
        });
    }

    private void sweep(Sweep sweep) {
        Counter counter = metrics.counter("trainyard.retention.deleted", "what", sweep.what());
        int all = 0;
        try {
            for (int i = 0; i < MOST_BATCHES && !closed; i++) {
                int deleted = sweep.deletion().delete(batch);
                counter.increment(deleted);
                all += deleted;
                if (deleted < batch) {
                    break;
                }
            }
        } catch (IOException | RuntimeException e) {
            // also what a row of a later release causes: the other kinds are swept all the same, and this one again later
            metrics.counter("trainyard.retention.failures", "what", sweep.what())
                    .increment();
            if (e instanceof IOException || e instanceof JdbiException) {
                LOG.warn("not all of the {} that may go were deleted: {}", sweep.what(), e.toString());
            } else {
                LOG.error("not all of the {} that may go were deleted", sweep.what(), e);
            }
        }
        if (all > 0) {
            LOG.info("deleted {} {}", all, sweep.what());
        }
    }

    /** Ends the sweep under way after its present batch. */
    public void close() {
        closed = true;
    }
}
