package dev.trainyard.gateway.system;

import dev.trainyard.gateway.runtime.Transactions;
import dev.trainyard.gateway.scheduling.QueuePositionSql;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** Reads the load of a pool in one statement, which uses the indexes of the dispatcher and never reads the whole queue. */
@Singleton
final class PoolLoadQueries {
    /** Of each project; more trainers than that are no autoscaler's maximum. */
    static final int MOST_COUNTED = 10_000;

    /**
     * A job counts if its project may start one more. As with the dispatcher, the condition on {@code queued_at} is not a
     * range, for which the planner would read the whole queue.
     */
    static final String LOAD = """
            select
                (select count(*) from job where status = 'training_in_progress' and pool = :pool) as running,
                (select count(*) from job where status = 'queued' and dispatched_at is not null and pool = :pool)
                + (select coalesce(sum(waiting.jobs), 0) from project p,
                    lateral (select %s as jobs) startable,
                    lateral (select count(*) as jobs from (
                        select 1 from job
                        where status = 'queued' and dispatched_at is null and not waiting and pool = :pool
                            and project = p.name and queued_at - now() <= interval '0'
                        limit least(startable.jobs, :most)) counted) waiting) as queued
            """.formatted(QueuePositionSql.STARTABLE);

    private final Jdbi jdbi;

    @Inject
    PoolLoadQueries(@Identifier(Transactions.EDGE) Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /** Of a pool without jobs everything is 0. */
    PoolLoad of(String pool) {
        return jdbi.withHandle(handle -> of(handle, pool));
    }

    static PoolLoad of(Handle handle, String pool) {
        return handle.createQuery(LOAD)
                .bind("pool", pool)
                .bind("most", MOST_COUNTED)
                .map((rs, context) -> new PoolLoad(pool, rs.getLong("queued"), rs.getLong("running")))
                .one();
    }
}
