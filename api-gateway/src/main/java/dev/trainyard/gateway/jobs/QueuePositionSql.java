package dev.trainyard.gateway.jobs;

/**
 * SQL of a waiting job's position in the queue: 1 for the next job, null for a job that is not queued. Trainers take
 * jobs in the same order.
 */
public final class QueuePositionSql {
    /** Position of the row {@code job} of the enclosing statement, by counting the jobs before it. */
    static final String OF_ONE = """
            case when job.status = 'queued' then (
                select cast(count(*) as integer) from job before where before.status = 'queued'
                    and (before.queued_at, before.number) <= (job.queued_at, job.number)) end
            """;

    /** Sort key of the row {@code job} in the format of {@link dev.trainyard.message.QueueOrder}. */
    static final String TEXT = "cast(extract(epoch from queued_at) * 1000000 as bigint) || '/' || number";

    private QueuePositionSql() {}

    /**
     * Returns a statement that adds {@code position} to the rows of {@code jobs}. The queue is numbered once, and not
     * at all if none of the rows is queued.
     */
    public static String ofMany(String columns, String jobs) {
        return """
                with selected as (%s), queue as (
                    select number, cast(row_number() over (order by queued_at, number) as integer) as position
                    from job where status = 'queued' and (select bool_or(status = 'queued') from selected))
                select %s, position from selected left join queue using (number)
                """.formatted(jobs, columns);
    }
}
