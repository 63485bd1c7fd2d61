package dev.trainyard.gateway.jobs;

import dev.trainyard.gateway.scheduling.FairShare;
import dev.trainyard.gateway.scheduling.ProjectQueue;
import dev.trainyard.gateway.scheduling.QueuePositionSql;
import dev.trainyard.gateway.scheduling.RunningJob;
import dev.trainyard.gateway.scheduling.WaitingJob;
import dev.trainyard.job.Pools;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** SQL of {@link JobDispatcher}. No statement reads the whole queue. */
final class DispatchQueries {
    /** Jumps from pool to pool in the index. */
    private static final String POOLS = """
            with recursive found as (
                (select pool from job where status = 'queued' and dispatched_at is null and not waiting order by pool limit 1)
                union all
                select (select pool from job where status = 'queued' and dispatched_at is null and not waiting and pool > found.pool
                    order by pool limit 1) from found where found.pool is not null)
            select pool from found where pool is not null
            """;

    /** The condition on {@code queued_at} is not a range, for which the planner would read the whole queue. */
    private static final String HEADS = """
            select p.name, weight, coalesce(served, 0) as served, quota.startable, head.*
            from project p left join dispatch_share share on share.pool = :pool and share.project = p.name,
                lateral (select %s as startable) quota,
                lateral (select key, priority, queued_at, number from job
                    where status = 'queued' and dispatched_at is null and not waiting and pool = :pool and project = p.name
                        and queued_at - now() <= interval '0'
                    order by priority desc, queued_at, number limit :limit) head
            order by p.name, head.priority desc, head.queued_at, head.number
            """.formatted(QueuePositionSql.STARTABLE);

    private DispatchQueries() {}

    /** Pools with a waiting job. */
    static List<String> pools(Handle handle) {
        return handle.createQuery(POOLS).mapTo(String.class).list();
    }

    /** Pools with a job that was handed out and is not claimed. */
    static List<String> poolsOnTheirWay(Handle handle) {
        return handle.createQuery("select distinct pool from job where status = 'queued' and dispatched_at is not null")
                .mapTo(String.class)
                .list();
    }

    /** Stores the number of live trainers for all gateways, at most every 5 s unless it changes. */
    static void saveTrainers(Handle handle, String pool, int live) {
        handle.createUpdate("""
                        insert into pool_trainers (pool, live) values (:pool, :live)
                        on conflict (pool) do update set live = excluded.live, seen_at = now()
                            where pool_trainers.live <> excluded.live or pool_trainers.seen_at < now() - interval '5 s'
                        """).bind("pool", pool).bind("live", live).execute();
    }

    /** Forgets pools for which no job has waited for a day. */
    static void forgetTrainers(Handle handle) {
        handle.execute("delete from pool_trainers where seen_at < now() - interval '1 day'");
    }

    /** Pools in which jobs of a project wait for a trainer. */
    static List<String> pools(Handle handle, String project) {
        return handle.createQuery("select distinct pool from job where status = 'queued' and dispatched_at is null "
                        + "and not waiting and project = :project and pool <> :default")
                .bind("project", project)
                .bind("default", Pools.DEFAULT)
                .mapTo(String.class)
                .list();
    }

    /** Locks the pool until the end of the transaction, and returns its virtual time. */
    static long lockClock(Handle handle, String pool) {
        Optional<Long> clock = handle.createQuery("select clock from dispatch_clock where pool = :pool for update")
                .bind("pool", pool)
                .mapTo(Long.class)
                .findOne();
        if (clock.isPresent()) {
            return clock.get();
        }
        handle.createUpdate("insert into dispatch_clock (pool) values (:pool) on conflict do nothing")
                .bind("pool", pool)
                .execute();
        return lockClock(handle, pool);
    }

    /** Running jobs of all pools; those of the release before have no time of their claim. */
    static List<RunningJob> running(Handle handle) {
        return handle.createQuery("""
                        select key, attempt, worker, pool, project, priority, number,
                            coalesce(claimed_at, started_at, created_at) as claimed
                        from job where status = 'training_in_progress' and worker is not null
                        """)
                .map((rs, context) -> new RunningJob(
                        rs.getObject("key", UUID.class),
                        rs.getInt("attempt"),
                        rs.getString("worker"),
                        rs.getString("pool"),
                        rs.getString("project"),
                        rs.getInt("priority"),
                        rs.getObject("claimed", OffsetDateTime.class).toInstant(),
                        rs.getLong("number")))
                .list();
    }

    /**
     * Jobs of a pool that were handed out and are not claimed.
     *
     * @param recent those that were handed out within the time in which a free trainer claims a job
     */
    record OnTheirWay(int all, int recent) {}

    static OnTheirWay onTheirWay(Handle handle, String pool, Duration claimTime) {
        return handle.createQuery("""
                        select count(*) as total,
                            count(*) filter (where dispatched_at > now() - :time * interval '1 ms') as recent
                        from job where status = 'queued' and dispatched_at is not null and pool = :pool
                        """)
                .bind("pool", pool)
                .bind("time", claimTime.toMillis())
                .map((rs, context) -> new OnTheirWay(rs.getInt("total"), rs.getInt("recent")))
                .one();
    }

    /** The first {@code limit} jobs of each project that has a waiting job in the pool. */
    static List<ProjectQueue> heads(Handle handle, String pool, int limit) {
        record Head(
                String project,
                int weight,
                long served,
                @Nullable Integer startable,
                WaitingJob job) {}
        Map<String, List<Head>> projects = new LinkedHashMap<>();
        handle.createQuery(HEADS)
                .bind("pool", pool)
                .bind("limit", limit)
                .map((rs, context) -> new Head(
                        rs.getString("name"),
                        rs.getInt("weight"),
                        rs.getLong("served"),
                        rs.getObject("startable", Long.class) == null ? null : (Integer) rs.getInt("startable"),
                        new WaitingJob(
                                rs.getObject("key", UUID.class),
                                rs.getInt("priority"),
                                rs.getObject("queued_at", OffsetDateTime.class).toInstant(),
                                rs.getLong("number"))))
                .forEach(head -> projects.computeIfAbsent(head.project(), name -> new ArrayList<>())
                        .add(head));
        return projects.values().stream()
                .map(heads -> {
                    Head first = heads.get(0);
                    return new ProjectQueue(
                            first.project(),
                            first.weight(),
                            first.served(),
                            first.startable() == null ? Integer.MAX_VALUE : first.startable(),
                            heads.stream().map(Head::job).toList());
                })
                .toList();
    }

    /** Time until the next job that was queued with a delay may be handed out; empty if there is none. */
    static Optional<Duration> untilNext(Handle handle) {
        return handle.createQuery("""
                        select cast(ceil(extract(epoch from queued_at - now()) * 1000) as bigint) from job
                        where status = 'queued' and dispatched_at is null and not waiting and queued_at > now()
                        order by queued_at limit 1
                        """).mapTo(Long.class).findOne().map(Duration::ofMillis);
    }

    static void saveShares(Handle handle, String pool, FairShare order) {
        handle.createUpdate("update dispatch_clock set clock = :clock where pool = :pool")
                .bind("pool", pool)
                .bind("clock", order.clock())
                .execute();
        order.served().forEach((project, served) -> handle.createUpdate("""
                        insert into dispatch_share (pool, project, served) values (:pool, :project, :served)
                        on conflict (pool, project) do update set served = excluded.served
                        """)
                .bind("pool", pool)
                .bind("project", project)
                .bind("served", served)
                .execute());
    }
}
