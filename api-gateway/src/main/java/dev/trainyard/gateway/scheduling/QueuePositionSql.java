package dev.trainyard.gateway.scheduling;

/**
 * SQL of a queued job's position in its pool: 1 for the next job, null for a job that is not queued, waits for other
 * jobs or for its next try, or is held back by the quota {@code max_running}. First the jobs that were handed out to the trainers, then the
 * waiting ones in the order of {@link FairShare}, whose formula is repeated here: the n-th job of a project starts at
 * the virtual time {@code base + (n - 1) * stride}.
 */
public final class QueuePositionSql {
    private static final String WAITING =
            "b.status = 'queued' and b.dispatched_at is null and not b.waiting and b.pool = job.pool"
                    + " and b.queued_at - now() <= interval '0'";
    private static final String HANDED_OUT =
            "b.status = 'queued' and b.dispatched_at is not null and b.pool = job.pool";
    private static final String ORDER = "b.priority desc, b.queued_at, b.number";

    /** Number of jobs that the quota of project {@code p} lets start now; null without a quota. */
    public static final String STARTABLE = """
            case when p.max_running is not null then greatest(0, p.max_running - (
                select count(*) from (
                    select 1 from job where status = 'training_in_progress' and project = p.name
                    union all
                    select 1 from job where status = 'queued' and dispatched_at is not null and project = p.name
                ) started)) end
            """;

    /** Virtual time of each project in the pool of {@code job}. */
    private static final String SHARES = """
            (select p.name, greatest(coalesce(s.served, 0), coalesce(c.clock, 0)) as base, %d / p.weight as stride,
                %s as startable
            from project p left join dispatch_clock c on c.pool = job.pool
                left join dispatch_share s on s.pool = job.pool and s.project = p.name)
            """.formatted(FairShare.UNIT, STARTABLE);

    /**
     * Position of the row {@code job} of the enclosing statement. Of each other project it counts the jobs with an earlier
     * virtual time, and one with the same time if it was queued earlier.
     */
    public static final String OF_ONE = """
            case when job.status <> 'queued' or job.waiting or job.dispatched_at is null and job.queued_at > now() then null
            when job.dispatched_at is not null then (
                select cast(count(*) as integer) from job b
                where %1$s and (b.dispatched_at, b.number) <= (job.dispatched_at, job.number))
            else (
                select cast(own.rank + (select count(*) from job b where %1$s) + coalesce((
                    select sum((select count(*) from (select 1 from job b where %2$s and b.project = other.name
                                order by %3$s limit least(other.startable,
                                    greatest(0, (own.tag - other.base + other.stride - 1) / other.stride))) before)
                            + (select count(*) from (select b.queued_at, b.number from job b
                                where %2$s and b.project = other.name
                                    and own.tag >= other.base and (own.tag - other.base) %% other.stride = 0
                                    and (other.startable is null or (own.tag - other.base) / other.stride < other.startable)
                                order by %3$s offset greatest(0, (own.tag - other.base) / other.stride) limit 1) same
                                where (same.queued_at, same.number) < (job.queued_at, job.number)))
                    from %4$s other where other.name <> job.project), 0) as integer)
                from (select counted.rank, share.base + (counted.rank - 1) * share.stride as tag
                    from (select count(*) as rank from job b where %2$s and b.project = job.project
                            and (b.priority > job.priority or b.priority = job.priority
                                and (b.queued_at, b.number) <= (job.queued_at, job.number))) counted,
                        %4$s share where share.name = job.project
                            and (share.startable is null or counted.rank <= share.startable)) own)
            end
            """.formatted(HANDED_OUT, WAITING, ORDER, SHARES);

    /** All queued jobs that no quota holds back, with the virtual time of the waiting ones. Quotas are read once. */
    private static String tagged(String condition) {
        return """
                with share as materialized (select p.name, %2$d / p.weight as stride, %3$s as startable from project p)
                select number, pool, project, dispatched_at, queued_at, config, base + stride * (rank - 1) as tag
                from (select b.number, b.pool, b.project, b.dispatched_at, b.queued_at, b.config, share.startable,
                        greatest(coalesce(s.served, 0), coalesce(c.clock, 0)) as base, share.stride,
                        row_number() over (partition by b.pool, b.project, b.dispatched_at is null order by %1$s) as rank
                    from job b join share on share.name = b.project
                        left join dispatch_clock c on c.pool = b.pool
                        left join dispatch_share s on s.pool = b.pool and s.project = b.project
                    where b.status = 'queued' and not b.waiting
                        and (b.dispatched_at is not null or b.queued_at - now() <= interval '0') and %4$s) ranked
                where dispatched_at is not null or startable is null or rank <= startable
                """.formatted(ORDER, FairShare.UNIT, STARTABLE, condition);
    }

    /** Order of the rows of {@link #tagged} in one pool. */
    private static final String TAGGED_ORDER =
            "dispatched_at nulls last, case when dispatched_at is null then tag end, queued_at, number";

    private QueuePositionSql() {}

    /**
     * Returns a statement that adds {@code position} to the rows of {@code jobs}. The queue is numbered once, and not
     * at all if none of the rows is queued.
     */
    public static String ofMany(String columns, String jobs) {
        return """
                with selected as (%s), tagged as (%s), queue as (
                    select number, cast(row_number() over (partition by pool order by %s) as integer) as position
                    from tagged)
                select %s, position from selected left join queue using (number)
                """.formatted(jobs, tagged("(select bool_or(status = 'queued') from selected)"), TAGGED_ORDER, columns);
    }

    /** Configurations of the jobs that would run before a new job of {@code :pool, :project, :priority}, in order. */
    public static String configsAhead() {
        return ahead("tagged.config") + " order by " + TAGGED_ORDER;
    }

    /** Number of the jobs that would run before a new job of {@code :pool, :project, :priority}. */
    public static String countAhead() {
        return ahead("count(*)");
    }

    /** Jobs of the same project that have a lower priority come later, although they now have the new job's time. */
    private static String ahead(String columns) {
        return """
                with tagged as (%1$s), own as (
                    select share.base + share.stride * (select count(*) from job b where %2$s
                        and b.project = :project and b.priority >= :priority) as time
                    from (select cast(:pool as text) as pool) job, lateral %3$s share where share.name = :project)
                select %4$s from tagged, own
                where dispatched_at is not null or tag < own.time or tag = own.time and project <> :project
                """.formatted(tagged("b.pool = :pool"), WAITING, SHARES, columns);
    }
}
