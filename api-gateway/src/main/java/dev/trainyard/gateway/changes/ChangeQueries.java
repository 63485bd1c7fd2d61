package dev.trainyard.gateway.changes;

import dev.trainyard.gateway.estimates.EtaEstimator;
import dev.trainyard.gateway.jobs.EtaColumns;
import dev.trainyard.gateway.jobs.JobView;
import dev.trainyard.gateway.runtime.Transactions;
import dev.trainyard.gateway.scheduling.QueuePositionSql;
import dev.trainyard.job.JobStatus;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Singleton;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** Reads the jobs that changed recently. */
@Singleton
public final class ChangeQueries {
    private static final String SINCE =
            QueuePositionSql.ofMany("selected.*, " + EtaColumns.COLUMNS, """
            select number, key, status, attempt, worker, current_epoch, epochs, current_loss, progress, eta_seconds,
                progress_at, samples_per_second, model_name, model_version, engine, last_event_id, updated_at,
                started_at, project,
                case when status = 'training_in_progress' then config end as config
            from job where updated_at > :since and (cast(:project as text) is null or project = :project) order by updated_at limit :limit
            """) + "order by updated_at";

    private final Jdbi jdbi;
    private final EtaEstimator etas;

    ChangeQueries(@Identifier(Transactions.EDGE) Jdbi jdbi, EtaEstimator etas) {
        this.jdbi = jdbi;
        this.etas = etas;
    }

    public Instant now() {
        return jdbi.withHandle(handle ->
                handle.createQuery("select now()").mapTo(Instant.class).one());
    }

    /**
     * Returns jobs that changed after {@code since}, oldest change first.
     *
     * @param project null for the jobs of all projects
     */
    List<JobChange> since(Instant since, @Nullable String project, int limit) {
        return jdbi.withHandle(handle -> handle.createQuery(SINCE)
                .bind("since", since.atOffset(ZoneOffset.UTC))
                .bind("project", project)
                .bind("limit", limit)
                .map((rs, context) -> change(rs, etas))
                .list());
    }

    private static JobChange change(ResultSet rs, EtaEstimator etas) throws SQLException {
        String model = rs.getString("model_name");
        return new JobChange(
                rs.getLong("last_event_id"),
                rs.getObject("key", UUID.class),
                JobStatus.find(rs.getString("status")).orElseThrow(),
                rs.getInt("attempt"),
                rs.getString("worker"),
                rs.getInt("current_epoch"),
                rs.getInt("epochs"),
                rs.getObject("current_loss", Double.class),
                rs.getDouble("progress"),
                EtaColumns.eta(rs, etas),
                rs.getObject("samples_per_second", Double.class),
                rs.getObject("position", Integer.class),
                model == null ? null : new JobView.Model(model, rs.getInt("model_version")),
                rs.getObject("updated_at", OffsetDateTime.class).toInstant(),
                rs.getString("project"));
    }
}
