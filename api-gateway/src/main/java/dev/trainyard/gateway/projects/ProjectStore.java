package dev.trainyard.gateway.projects;

import dev.trainyard.gateway.audit.AuditAction;
import dev.trainyard.gateway.audit.AuditLog;
import dev.trainyard.gateway.audit.AuditedChange;
import dev.trainyard.gateway.permission.ProjectName;
import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.gateway.problem.ProblemType;
import dev.trainyard.gateway.runtime.ChangeTopic;
import dev.trainyard.gateway.runtime.Notifier;
import dev.trainyard.gateway.runtime.Transactions;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.Update;
import org.jspecify.annotations.Nullable;

/** Creates, changes and deletes projects. All gateways learn of a change at once. */
@Singleton
public class ProjectStore {
    /** A gateway keeps all projects in memory. */
    static final int MOST = 1_000;

    private final Jdbi jdbi;
    private final Notifier notifier;
    private final ProjectDirectory directory;

    ProjectStore(@Identifier(Transactions.EDGE) Jdbi jdbi, Notifier notifier, ProjectDirectory directory) {
        this.jdbi = jdbi;
        this.notifier = notifier;
        this.directory = directory;
    }

    /** What a project uses of its quotas; a null limit means none. */
    public record Usage(
            String project,
            int weight,
            Part maxQueued,
            Part maxRunning,
            Part epochsPerDay,
            Part storedBytes,
            Limit predictionsPerSecond) {}

    public record Part(long used, @Nullable Long limit) {}

    public record Limit(@Nullable Integer limit) {}

    /** @param only null for all projects */
    List<Project> list(@Nullable String only) {
        return jdbi.withHandle(handle -> handle.createQuery(
                        "select * from project where cast(:only as text) is null or name = :only order by name")
                .bind("only", only)
                .map(Project::read)
                .list());
    }

    Usage usage(String name) {
        return jdbi.withHandle(handle -> {
            Project project = ProjectUsage.project(handle, name, "");
            ProjectQuotas limits = project.quotas();
            return new Usage(
                    name,
                    project.weight(),
                    new Part(ProjectUsage.queued(handle, name), wide(limits.maxQueued())),
                    new Part(ProjectUsage.running(handle, name), wide(limits.maxRunning())),
                    new Part(ProjectUsage.epochs(handle, name), wide(limits.epochsPerDay())),
                    new Part(ProjectUsage.storedBytes(handle, name), limits.storedBytes()),
                    new Limit(limits.predictionsPerSecond()));
        });
    }

    private static @Nullable Long wide(@Nullable Integer value) {
        return value == null ? null : (Long) value.longValue();
    }

    /** @throws ProblemException 409 if it exists or there are too many */
    void create(Project project) {
        change(handle -> {
            handle.execute("lock table project in share row exclusive mode");
            long count = handle.createQuery("select count(*) from project")
                    .mapTo(Long.class)
                    .one();
            if (count >= MOST) {
                throw conflict("There are %,d projects, the most that a platform can have.".formatted(count));
            }
            int added = bind(handle.createUpdate("""
                            insert into project (name, weight, max_queued, max_running, epochs_per_day, stored_bytes,
                                predictions_per_second)
                            values (:name, :weight, :queued, :running, :epochs, :bytes, :predictions)
                            on conflict (name) do nothing
                            """), project).execute();
            if (added == 0) {
                throw conflict("There is a project %s already; change it by PUT /api/v1/projects/%s."
                        .formatted(project.name(), project.name()));
            }
            record(handle, AuditAction.PROJECT_CREATE, project.name(), Map.of("project", project));
        });
    }

    /** @throws ProblemException 404 if there is no such project */
    void update(Project project) {
        change(handle -> {
            int changed = bind(handle.createUpdate("""
                            update project set weight = :weight, max_queued = :queued, max_running = :running,
                                epochs_per_day = :epochs, stored_bytes = :bytes, predictions_per_second = :predictions
                            where name = :name
                            """), project).execute();
            if (changed == 0) {
                throw ProjectUsage.unknown(project.name());
            }
            record(handle, AuditAction.PROJECT_SET, project.name(), Map.of("project", project));
        });
    }

    private static Update bind(Update statement, Project project) {
        ProjectQuotas quotas = project.quotas();
        return statement
                .bind("name", project.name())
                .bind("weight", project.weight())
                .bind("queued", quotas.maxQueued())
                .bind("running", quotas.maxRunning())
                .bind("epochs", quotas.epochsPerDay())
                .bind("bytes", quotas.storedBytes())
                .bind("predictions", quotas.predictionsPerSecond());
    }

    /** @throws ProblemException 409 with what remains in the project; 404 if there is no such project */
    void delete(String name) {
        if (name.equals(ProjectName.DEFAULT)) {
            throw conflict("The project default cannot be deleted: requests that name no project need it.");
        }
        change(handle -> {
            ProjectUsage.project(handle, name, "for update"); // until the commit nothing can be added
            String remains = handle.createQuery("""
                            select concat_ws(', ',
                                (select count(*) || ' jobs' from job where project = :name having count(*) > 0),
                                (select count(*) || ' studies' from study where project = :name having count(*) > 0),
                                (select count(*) || ' versions of models' from model_version
                                    where project = :name and not files_gone having count(*) > 0),
                                (select count(*) || ' asynchronous predictions' from prediction
                                    where project = :name having count(*) > 0),
                                (select count(*) || ' batches' from prediction_batch
                                    where project = :name having count(*) > 0),
                                (select count(*) || ' valid access tokens' from access_token
                                    where project = :name and revoked_at is null
                                        and (expires_at is null or expires_at > now()) having count(*) > 0))
                            """)
                    .bind("name", name)
                    .mapTo(String.class)
                    .one();
            if (!remains.isEmpty()) {
                throw conflict(
                        ("Project %s still has %s. Revoke its tokens and delete its models; jobs, studies and predictions "
                                        + "are deleted after their retention times.")
                                .formatted(name, remains));
            }
            // the lineage of deleted models, which a new project of this name must not inherit
            for (String table : List.of("model_comparison", "model_alias_move", "model_version")) {
                handle.execute("delete from %s where name like ?".formatted(table), name + "/%");
            }
            handle.execute("delete from project where name = ?", name);
            // so that gateways forget the models of a deleted project before a new one has its name
            handle.execute("update model_revision set revision = revision + 1");
            record(handle, AuditAction.PROJECT_DELETE, name, Map.of());
        });
    }

    private static void record(Handle handle, AuditAction action, String name, Map<String, ?> detail) {
        AuditLog.record(handle, new AuditedChange(action, name, name, detail));
    }

    private void change(Consumer<Handle> change) {
        jdbi.useTransaction(change::accept);
        directory.refresh(); // so that this gateway answers the next request by it
        notifier.publish(ChangeTopic.PROJECTS);
    }

    private static ProblemException conflict(String detail) {
        return new ProblemException(ProblemType.CONFLICT, detail);
    }
}
