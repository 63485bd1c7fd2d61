package dev.trainyard.gateway.jobs;

import dev.trainyard.gateway.jobs.DependencyRules.Dependency;
import dev.trainyard.job.JobStatus;
import dev.trainyard.validation.Violation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/** SQL of the jobs that a job waits for. A noted success is final, also after that job was deleted. */
final class JobDependencies {
    private static final String UNMET = """
            from job_dependency d left join job other on other.key = d.depends_on
            where d.job_key = %s.key and not d.succeeded and other.status is distinct from 'success'
            """;

    private JobDependencies() {}

    /**
     * Returns the columns {@code after_keys}, {@code waiting_for}, {@code may_start} (true if the job is queued and waits
     * for no other job), {@code next_try} (null if it is not later than now) and {@code live_trainers} (null if unknown) of
     * the row {@code job} of a statement.
     */
    static String columns(String job) {
        return """
                (select array_agg(depends_on order by position) from job_dependency
                    where job_key = %1$s.key) as after_keys,
                case when waiting and status in ('queued', 'paused') then (
                    select array_agg(d.depends_on order by d.position) %2$s) end as waiting_for,
                status = 'queued' and not waiting as may_start,
                case when status = 'queued' and dispatched_at is null and queued_at > now() then queued_at end as next_try,
                case when status = 'queued' and not waiting then (
                    select live from pool_trainers where pool_trainers.pool = %1$s.pool
                        and seen_at > now() - interval '30 s') end as live_trainers
                """.formatted(job, UNMET.formatted(job));
    }

    /** Finds the errors of the field {@code after} of a submission. */
    static List<Violation> violations(List<UUID> after, Map<UUID, JobStatus> statuses) {
        List<Violation> errors = new ArrayList<>();
        for (int i = 0; i < after.size(); i++) {
            UUID key = after.get(i);
            JobStatus status = statuses.get(key);
            if (status == null) {
                errors.add(new Violation(
                        "/after/" + i, "there is no job with key %s; it never existed, or was deleted".formatted(key)));
            } else if (status == JobStatus.FAILED) {
                errors.add(new Violation("/after/" + i, "job %s has failed; retry it first".formatted(key)));
            } else if (status == JobStatus.CANCELLED) {
                errors.add(new Violation("/after/" + i, "job %s was cancelled, so it cannot succeed".formatted(key)));
            }
        }
        return errors;
    }

    /** Returns the statuses of those {@code keys} that are jobs of {@code project}. */
    static Map<UUID, JobStatus> statuses(Handle handle, String project, List<UUID> keys) {
        Map<UUID, JobStatus> statuses = new HashMap<>();
        handle.createQuery("select key, status from job where key = any(:keys) and project = :project")
                .bindArray("keys", UUID.class, keys)
                .bind("project", project)
                .map((rs, context) -> statuses.put(
                        rs.getObject("key", UUID.class),
                        JobStatus.find(rs.getString("status")).orElseThrow()))
                .list();
        return statuses;
    }

    static void insert(Handle handle, UUID job, List<UUID> after, Map<UUID, JobStatus> statuses) {
        PreparedBatch batch = handle.prepareBatch("""
                insert into job_dependency (job_key, position, depends_on, succeeded)
                values (:job, :position, :after, :succeeded)
                """);
        for (int i = 0; i < after.size(); i++) {
            batch.bind("job", job)
                    .bind("position", i)
                    .bind("after", after.get(i))
                    .bind("succeeded", statuses.get(after.get(i)) == JobStatus.SUCCEEDED)
                    .add();
        }
        batch.execute();
    }

    /** Notes the jobs that have succeeded; returns true if {@code job} must wait for others. */
    static boolean refresh(Handle handle, UUID job) {
        handle.createUpdate("""
                        update job_dependency d set succeeded = true from job other
                        where d.job_key = :job and not d.succeeded and other.key = d.depends_on
                            and other.status = 'success'
                        """).bind("job", job).execute();
        return handle.createQuery("select exists (select 1 from job_dependency where job_key = :job and not succeeded)")
                .bind("job", job)
                .mapTo(Boolean.class)
                .one();
    }

    /** Returns the dependencies without a noted success, in the order of the request. */
    static List<Dependency> open(Handle handle, UUID job) {
        return handle.createQuery("""
                        select d.depends_on, other.status from job_dependency d
                        left join job other on other.key = d.depends_on
                        where d.job_key = :job and not d.succeeded order by d.position
                        """)
                .bind("job", job)
                .map((rs, context) -> new Dependency(
                        rs.getObject("depends_on", UUID.class),
                        JobStatus.find(rs.getString("status")).orElse(null)))
                .list();
    }

    /** Returns a dependency that has ended without success, because of which {@code job} cannot be queued. */
    static Optional<Dependency> broken(Handle handle, UUID job) {
        return open(handle, job).stream().filter(Dependency::isBroken).findFirst();
    }
}
