package dev.trainyard.gateway.retention;

import dev.trainyard.gateway.runtime.Leadership;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes expired data. Only one gateway sweeps at a time: the leader, and a lock holds off gateways of the previous
 * release, which do not know it. Rows are deleted in small batches, each in its own
 * transaction, so that locks are short.
 */
@Singleton
public final class Sweeper {
    private static final Logger LOG = LoggerFactory.getLogger(Sweeper.class);
    /** Limit of one sweep, so that a backlog of one kind does not delay the others. */
    private static final int MOST_BATCHES = 500;

    private static final int BATCH = 200;

    private final Jdbi jdbi;
    private final MeterRegistry metrics;
    private final int batch;
    private final BooleanSupplier leader;
    private volatile boolean closed;

    /** Deletion of one kind of data. */
    public interface Deletion {
        /** Deletes up to {@code maxRows} items; returns the number deleted, {@code maxRows} if more may be left. */
        int delete(int maxRows) throws IOException;
    }

    /** @param what tag value of the metric {@code trainyard.retention.deleted} */
    public record Sweep(String what, Deletion deletion) {}

    /** Sweeps that run together under one lock, on one gateway at a time. */
    public record Plan(long lock, List<Sweep> sweeps) {}

    @Inject
    Sweeper(Jdbi jdbi, MeterRegistry metrics, Leadership leadership) {
        this(jdbi, metrics, BATCH, leadership::isLeader);
    }

    /**
     * @param batch rows per transaction
     * @param leader true while this gateway may delete
     */
    public Sweeper(Jdbi jdbi, MeterRegistry metrics, int batch, BooleanSupplier leader) {
        this.leader = leader;
        this.jdbi = jdbi;
        this.metrics = metrics;
        this.batch = batch;
    }

    /** Runs all sweeps once; does nothing while another gateway sweeps. */
    public void sweep(Plan plan) {
        jdbi.useHandle(handle -> {
            // a session lock, because an open transaction would keep vacuum from removing the deleted rows
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
            for (int i = 0; i < MOST_BATCHES && !closed && leader.getAsBoolean(); i++) {
                int deleted = sweep.deletion().delete(batch);
                counter.increment(deleted);
                all += deleted;
                if (deleted < batch) {
                    break;
                }
            }
        } catch (IOException | RuntimeException e) {
            // also unreadable rows of a later release: the other kinds are swept all the same
            metrics.counter("trainyard.retention.failures", "what", sweep.what())
                    .increment();
            if (e instanceof IOException || e instanceof JdbiException) {
                LOG.warn("Not all expired {} were deleted: {}", sweep.what(), e.toString());
            } else {
                LOG.error("Not all expired {} were deleted", sweep.what(), e);
            }
        }
        if (all > 0) {
            LOG.info("Deleted {} {}", all, sweep.what());
        }
    }

    /** Ends a running sweep after its current batch. */
    public void close() {
        closed = true;
    }
}
