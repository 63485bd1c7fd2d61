package dev.trainyard.gateway.projects;

import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.gateway.problem.ProblemType;
import java.time.Duration;
import org.jdbi.v3.core.Handle;

/** What a project uses of its quotas. */
final class ProjectUsage {
    private static final String OF_A_DAY =
            "from job where project = :project and created_at > now() - interval '1 day'";

    private ProjectUsage() {}

    /**
     * @param lock a locking clause
     * @throws ProblemException 404 if there is no such project
     */
    static Project project(Handle handle, String name, String lock) {
        return handle.createQuery("select * from project where name = :name " + lock)
                .bind("name", name)
                .map(Project::read)
                .findOne()
                .orElseThrow(() -> unknown(name));
    }

    /** The same for an unknown project and for one of others. */
    static ProblemException unknown(String name) {
        return new ProblemException(
                ProblemType.NOT_FOUND,
                "There is no project %s for you; GET /api/v1/projects lists yours.".formatted(name));
    }

    static long queued(Handle handle, String project) {
        return count(handle, "select count(*) from job where status = 'queued' and project = :project", project);
    }

    static long running(Handle handle, String project) {
        return count(
                handle,
                "select count(*) from job where status = 'training_in_progress' and project = :project",
                project);
    }

    /** Epochs of the jobs that were submitted within a day. */
    static long epochs(Handle handle, String project) {
        return count(handle, "select coalesce(sum(epochs), 0) " + OF_A_DAY, project);
    }

    /** Time until jobs with {@code epochs} epochs are no longer of the last day. */
    static Duration untilEpochsFree(Handle handle, String project, long epochs) {
        return handle.createQuery("""
                        select ceil(extract(epoch from created_at + interval '1 day' - now())) from (
                            select created_at, sum(epochs) over (order by created_at, number) as freed %s) oldest
                        where freed >= :epochs order by created_at limit 1
                        """.formatted(OF_A_DAY))
                .bind("project", project)
                .bind("epochs", epochs)
                .mapTo(Long.class)
                .findOne()
                .map(Duration::ofSeconds)
                .orElse(Duration.ofDays(1));
    }

    /**
     * Bytes of the files of models, with those that are about to be deleted; of checkpoints; and of uploads for imports
     * that have not ended, may be retried or whose model exists. Uploads with the same content are stored once.
     */
    static long storedBytes(Handle handle, String project) {
        return count(handle, """
                select (select coalesce(sum(cast(onnx ->> 'size' as bigint)
                            + coalesce(cast(metadata #>> '{variants,served,size}' as bigint), 0)
                            + coalesce(cast(metadata #>> '{confusion,pictures,size}' as bigint), 0)), 0)
                        from model_version where project = :project and not files_gone)
                    + (select coalesce(sum(cast(checkpoint ->> 'size' as bigint)), 0)
                        from job_epoch join job on job.key = job_key
                        where checkpoint is not null and project = :project)
                    + (select coalesce(sum(cast(partial_checkpoint #>> '{artifact,size}' as bigint)), 0)
                        from job where project = :project and partial_checkpoint is not null)
                    + (select coalesce(sum(size), 0) from (
                        select distinct on (upload ->> 'sha256') cast(upload ->> 'size' as bigint) as size
                        from job cross join lateral (values
                            (config #> '{source,file}'), (config #> '{source,reference}')) uploads (upload)
                        where project = :project and config ->> 'network' = 'imported'
                            and upload ->> 'sha256' is not null
                            and (ended_at is null or status = 'failed' and ended_at > now() - interval '7 days'
                                or exists (select 1 from model_version m
                                    where m.job_key = job.key and m.deleted_at is null))) uploaded)
                """, project);
    }

    private static long count(Handle handle, String sql, String project) {
        return handle.createQuery(sql)
                .bind("project", project)
                .mapTo(Long.class)
                .one();
    }
}
