package dev.trainyard.gateway.jobs;

import dev.trainyard.artifact.ArtifactPaths;
import dev.trainyard.gateway.runtime.GatewaySettings;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;

/** Determines the files of jobs that must be kept. */
@Singleton
public final class RequiredJobFiles {
    private final Jdbi jdbi;
    private final Limits limits;

    /**
     * @param ended time after the end of a job before its files are deleted
     * @param failed time after a failure during which the job may be retried from its checkpoints
     * @param checkpoints number of newest checkpoints kept for a job that may continue
     */
    public record Limits(Duration ended, Duration failed, int checkpoints) {}

    @Inject
    RequiredJobFiles(Jdbi jdbi, GatewaySettings settings) {
        this(
                jdbi,
                new Limits(
                        settings.retention().checkpoints(),
                        settings.retention().failedCheckpoints(),
                        settings.retention().checkpointsOfJob()));
    }

    public RequiredJobFiles(Jdbi jdbi, Limits limits) {
        this.jdbi = jdbi;
        this.limits = limits;
    }

    /**
     * The files of a job that are needed.
     *
     * @param openFrom first attempt of which all files are needed, because its run may not have reported them yet
     * @param paths other needed files
     */
    public record Needed(int openFrom, Set<String> paths) {}

    /** Returns the needed files by job; a job that does not exist has no entry. */
    public Map<UUID, Needed> needed(Collection<UUID> jobs) {
        return jdbi.inTransaction(TransactionIsolationLevel.REPEATABLE_READ, handle -> {
            Map<UUID, Needed> needed = states(handle, jobs);
            addPublished(handle, jobs, needed);
            addUnpublished(handle, jobs, needed);
            addCheckpoints(handle, jobs, needed);
            return needed;
        });
    }

    private Map<UUID, Needed> states(Handle handle, Collection<UUID> jobs) {
        Map<UUID, Needed> needed = new HashMap<>();
        handle.createQuery("""
                        select key, case
                            when ended_at is null then attempt
                            when ended_at >= now() - :ended * interval '1 ms' then 0
                            else 2147483647 end as open_from
                        from job where key = any(:jobs)
                        """)
                .bind("ended", limits.ended().toMillis())
                .bindArray("jobs", UUID.class, List.copyOf(jobs))
                .map((rs, context) -> needed.put(
                        rs.getObject("key", UUID.class), new Needed(rs.getInt("open_from"), new HashSet<>())))
                .list();
        return needed;
    }

    /** Adds the files of existing versions, whatever the state of their jobs. */
    private static void addPublished(Handle handle, Collection<UUID> jobs, Map<UUID, Needed> needed) {
        handle.createQuery("""
                        select job_key, onnx ->> 'path' as onnx, metadata #>> '{variants,served,path}' as variant,
                            metadata #>> '{confusion,pictures,path}' as mistakes
                        from model_version where deleted_at is null and job_key = any(:jobs)
                        """)
                .bindArray("jobs", UUID.class, List.copyOf(jobs))
                .map((rs, context) -> {
                    Set<String> paths = needed.computeIfAbsent(
                                    rs.getObject("job_key", UUID.class),
                                    key -> new Needed(Integer.MAX_VALUE, new HashSet<>()))
                            .paths();
                    paths.add(rs.getString("onnx"));
                    paths.add(ArtifactPaths.metadataBeside(rs.getString("onnx")));
                    paths.add(rs.getString("variant"));
                    paths.add(rs.getString("mistakes"));
                    return true;
                })
                .list();
    }

    /** Adds the files of models of trials that may still be published. */
    private static void addUnpublished(Handle handle, Collection<UUID> jobs, Map<UUID, Needed> needed) {
        handle.createQuery("""
                        select key, unpublished_model #>> '{onnx,path}' as onnx,
                            unpublished_model #>> '{metadata,variants,served,path}' as variant,
                            unpublished_model #>> '{metadata,confusion,pictures,path}' as mistakes
                        from job where key = any(:jobs) and unpublished_model is not null
                        """)
                .bindArray("jobs", UUID.class, List.copyOf(jobs))
                .map((rs, context) -> {
                    Set<String> paths = Objects.requireNonNull(needed.get(rs.getObject("key", UUID.class)))
                            .paths();
                    paths.add(rs.getString("onnx"));
                    paths.add(ArtifactPaths.metadataBeside(rs.getString("onnx")));
                    paths.add(rs.getString("variant"));
                    paths.add(rs.getString("mistakes"));
                    return true;
                })
                .list();
    }

    /** Adds the newest checkpoints of jobs that have not ended, or that failed and may be retried. */
    private void addCheckpoints(Handle handle, Collection<UUID> jobs, Map<UUID, Needed> needed) {
        handle.createQuery("""
                        with open as (
                            select key, partial_checkpoint from job where key = any(:jobs) and (ended_at is null
                                or status = 'failed' and ended_at >= now() - :failed * interval '1 ms'))
                        select key, newest.path from open cross join lateral (
                            select checkpoint ->> 'path' as path from job_epoch
                            where job_key = open.key and checkpoint is not null
                            order by epoch desc limit :checkpoints) newest
                        union all
                        select key, partial_checkpoint #>> '{artifact,path}' from open
                            where partial_checkpoint is not null
                        """)
                .bindArray("jobs", UUID.class, List.copyOf(jobs))
                .bind("failed", limits.failed().toMillis())
                .bind("checkpoints", limits.checkpoints())
                .map((rs, context) -> Objects.requireNonNull(needed.get(rs.getObject("key", UUID.class)))
                        .paths()
                        .add(rs.getString("path")))
                .list();
    }

    /**
     * Removes checkpoints from the database before their files are deleted, so that no later attempt refers to them.
     */
    public void forgetCheckpoints(UUID job, Collection<String> paths) {
        jdbi.useTransaction(handle -> {
            handle.createUpdate("""
                            update job_epoch set checkpoint = null
                            where job_key = :job and checkpoint ->> 'path' = any(:paths)
                            """)
                    .bind("job", job)
                    .bindArray("paths", String.class, List.copyOf(paths))
                    .execute();
            handle.createUpdate("""
                            update job set partial_checkpoint = null
                            where key = :job and partial_checkpoint #>> '{artifact,path}' = any(:paths)
                            """)
                    .bind("job", job)
                    .bindArray("paths", String.class, List.copyOf(paths))
                    .execute();
        });
    }

    /**
     * Returns the hashes of needed uploads: those of imports that have not ended, that failed and may be retried, or
     * whose version may be verified.
     */
    public Set<String> neededUploads() {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        select upload.sha256 from job cross join lateral (values
                            (config #>> '{source,file,sha256}'), (config #>> '{source,reference,sha256}')
                        ) upload (sha256)
                        where config ->> 'network' = 'imported' and upload.sha256 is not null and (ended_at is null
                            or ended_at >= now() - :ended * interval '1 ms'
                            or status = 'failed' and ended_at >= now() - :failed * interval '1 ms'
                            or exists (select 1 from model_version m
                                where m.job_key = job.key and m.deleted_at is null))
                        """)
                .bind("ended", limits.ended().toMillis())
                .bind("failed", limits.failed().toMillis())
                .mapTo(String.class)
                .set());
    }
}
