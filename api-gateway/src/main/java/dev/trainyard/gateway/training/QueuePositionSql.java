package dev.trainyard.gateway.training;

/**
 * The SQL of a waiting job's place in the queue, 1 for the next and null for a job that does not wait. Trainers take jobs
 * in the same order.
 */
public final class QueuePositionSql {
    /** Of the row of {@code job} that the statement reads; counts those before it. */
    static final String OF_ONE = """
            case when job.status = 'queued' then (
                select cast(count(*) as integer) from job before where before.status = 'queued'
                    and (before.queued_at, before.number) <= (job.queued_at, job.number)) end
            """;

    /** Of the row of {@code job}: the place by which trainers choose, as {@link dev.trainyard.message.JobPlace} reads it. */
    static final String TEXT = "cast(extract(epoch from queued_at) * 1000000 as bigint) || '/' || number";

    private QueuePositionSql() {}

    /**
     * A statement that adds {@code position} to the rows of {@code jobs}. The queue is numbered once, and not at all
     * where none of the rows waits.
     */
    public static String ofMany(String columns, String jobs) {
        return """
                with wanted as (%s), queue as (
                    select number, cast(row_number() over (order by queued_at, number) as integer) as position
                    from job where status = 'queued' and (select bool_or(status = 'queued') from wanted))
                select %s, position from wanted left join queue using (number)
                """.formatted(jobs, columns);
    }
}
