package dev.trainyard.gateway.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.gateway.estimates.EtaEstimator;
import dev.trainyard.gateway.runtime.Cursor;
import dev.trainyard.gateway.runtime.Transactions;
import dev.trainyard.gateway.scheduling.QueuePositionSql;
import dev.trainyard.job.EpochMetrics;
import dev.trainyard.job.JobStatus;
import dev.trainyard.job.TrainingResult;
import dev.trainyard.job.TransitionReason;
import dev.trainyard.message.WireJson;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;
import org.jspecify.annotations.Nullable;

/** Reads jobs for clients. */
@Singleton
public final class JobQueries {
    private static final String COLUMNS = "*, " + EtaColumns.COLUMNS;
    private static final String ONE = "select %s, %s, %s as position from job "
            .formatted(COLUMNS, JobDependencies.columns("job"), QueuePositionSql.OF_ONE);

    private static final String OF_PROJECT = "where key = :key and project = :project";

    /** {@code %s} is a condition. */
    private static final String PAGE =
            "select * from job where number < :after and %s order by number desc limit :limit";

    /** Newest transitions shown; an owner may pause and resume a job without limit. */
    private static final int TRANSITIONS_SHOWN = 1_000;

    private final Jdbi jdbi;
    private final EtaEstimator etas;

    public JobQueries(Jdbi jdbi) {
        this(jdbi, EtaEstimator.FROM_WORKER);
    }

    @Inject
    public JobQueries(@Identifier(Transactions.EDGE) Jdbi jdbi, EtaEstimator etas) {
        this.jdbi = jdbi;
        this.etas = etas;
    }

    /** Returns a job with its epochs and transitions in a consistent snapshot. */
    public Optional<JobView> find(UUID key) {
        return jdbi.inTransaction(TransactionIsolationLevel.REPEATABLE_READ, handle -> find(handle, key, etas));
    }

    /** As {@link #find(UUID)}; empty if the job is of another project. */
    Optional<JobView> find(String project, UUID key) {
        return jdbi.inTransaction(
                TransactionIsolationLevel.REPEATABLE_READ,
                handle -> find(handle, ONE + OF_PROJECT, project, key, etas));
    }

    /** Returns false if there is no such job or it is of another project. A job never changes its project. */
    public boolean exists(String project, UUID key) {
        return jdbi.withHandle(handle -> handle.createQuery("select exists (select 1 from job " + OF_PROJECT + ")")
                .bind("key", key)
                .bind("project", project)
                .mapTo(Boolean.class)
                .one());
    }

    /** The project of an existing job. */
    static String project(Handle handle, UUID key) {
        return handle.createQuery("select project from job where key = :key")
                .bind("key", key)
                .mapTo(String.class)
                .one();
    }

    /** Returns those of {@code keys} that are jobs of {@code project}. */
    public Set<UUID> existing(String project, Collection<UUID> keys) {
        return jdbi.withHandle(
                handle -> handle.createQuery("select key from job where key = any(:keys) and project = :project")
                        .bindArray("keys", UUID.class, List.copyOf(keys))
                        .bind("project", project)
                        .mapTo(UUID.class)
                        .set());
    }

    /** Returns the entity tag of a job; empty if there is no such job in {@code project}. */
    Optional<JobETag> tag(String project, UUID key) {
        return jdbi.withHandle(
                handle -> handle.createQuery("select last_event_id, updated_at, pool, %s, %s as position from job "
                                        .formatted(JobDependencies.columns("job"), QueuePositionSql.OF_ONE)
                                + OF_PROJECT)
                        .bind("project", project)
                        .bind("key", key)
                        .map((rs, context) -> new JobETag(
                                rs.getLong("last_event_id"),
                                Objects.requireNonNull(instant(rs, "updated_at")),
                                rs.getObject("position", Integer.class),
                                WaitingReason.of(rs)))
                        .findOne());
    }

    /** Consistent if the caller's transaction holds the job's lock or is repeatable read. */
    static Optional<JobView> find(Handle handle, UUID key, EtaEstimator etas) {
        return find(handle, ONE + "where key = :key", null, key, etas);
    }

    private static Optional<JobView> find(
            Handle handle, String query, @Nullable String project, UUID key, EtaEstimator etas) {
        List<EpochMetrics> history = EpochLog.read(handle, key).history();
        List<JobView.Transition> transitions = transitions(handle, key);
        return handle.createQuery(query)
                .bind("key", key)
                .bind("project", project)
                .map((rs, context) -> view(rs, history, transitions, etas))
                .findOne();
    }

    /** Returns the SQL of one page. */
    static String page(JobFilter filter) {
        return QueuePositionSql.ofMany(
                        "selected." + COLUMNS + ", " + JobDependencies.columns("selected"),
                        PAGE.formatted(filter.condition()))
                + "order by number desc";
    }

    /** Returns one page of jobs, newest first, without history and transitions. */
    public JobView.Page list(JobFilter filter, int limit, @Nullable Cursor after) {
        record Row(long number, JobView job) {}
        List<Row> rows = jdbi.withHandle(handle -> handle.createQuery(page(filter))
                .bind("after", after == null ? Long.MAX_VALUE : after.number())
                .bindMap(filter.values())
                .bind("limit", limit + 1)
                .map((rs, context) -> new Row(rs.getLong("number"), view(rs, null, null, etas)))
                .list());
        boolean more = rows.size() > limit;
        List<Row> shown = more ? rows.subList(0, limit) : rows;
        String next = more ? new Cursor(shown.get(limit - 1).number()).text() : null;
        return new JobView.Page(shown.stream().map(Row::job).toList(), next);
    }

    /** Returns the state of those {@code keys} that exist. */
    public Map<UUID, JobWaiters.Snapshot> snapshots(Collection<UUID> keys) {
        Map<UUID, JobWaiters.Snapshot> snapshots = new HashMap<>();
        jdbi.useHandle(handle -> handle.createQuery(
                        "select key, last_event_id, ended_at is not null from job where key = any(:keys)")
                .bindArray("keys", UUID.class, List.copyOf(keys))
                .map((rs, context) -> snapshots.put(
                        rs.getObject(1, UUID.class), new JobWaiters.Snapshot(rs.getLong(2), rs.getBoolean(3))))
                .list());
        return snapshots;
    }

    private static List<JobView.Transition> transitions(Handle handle, UUID key) {
        return handle.createQuery("""
                        select * from (select * from job_transition where job_key = :key order by id desc limit :limit) newest
                        order by id
                        """)
                .bind("key", key)
                .bind("limit", TRANSITIONS_SHOWN)
                .map((rs, context) -> new JobView.Transition(
                        JobStatus.find(rs.getString("from_status")).orElse(null),
                        JobStatus.find(rs.getString("to_status")).orElseThrow(),
                        rs.getInt("attempt"),
                        TransitionReason.of(rs.getString("reason")),
                        rs.getString("detail"),
                        rs.getString("worker"),
                        Objects.requireNonNull(instant(rs, "at"))))
                .list();
    }

    private static JobView view(
            ResultSet rs,
            @Nullable List<EpochMetrics> history,
            @Nullable List<JobView.Transition> transitions,
            EtaEstimator etas)
            throws SQLException {
        String result = rs.getString("result");
        String model = rs.getString("model_name");
        String verification = rs.getString("verification");
        String code = rs.getString("failure_code");
        return new JobView(
                rs.getObject("key", UUID.class),
                JobStatus.find(rs.getString("status")).orElseThrow(),
                rs.getObject("position", Integer.class),
                rs.getInt("priority"),
                rs.getInt("current_epoch"),
                rs.getInt("epochs"),
                rs.getObject("current_loss", Double.class),
                rs.getDouble("progress"),
                EtaColumns.eta(rs, etas),
                rs.getObject("samples_per_second", Double.class),
                history,
                result == null ? null : message(json(result, TrainingResult.class)),
                model == null ? null : new JobView.Model(model, rs.getInt("model_version")),
                rs.getInt("attempt"),
                rs.getString("worker"),
                rs.getString("engine"),
                Objects.requireNonNull(instant(rs, "created_at")),
                instant(rs, "started_at"),
                instant(rs, "ended_at"),
                Objects.requireNonNull(instant(rs, "updated_at")),
                transitions,
                code == null ? null : new JobView.Failure(code, rs.getString("failure_message")),
                json(rs.getString("config"), JsonNode.class),
                rs.getLong("last_event_id"),
                verification == null ? null : json(verification, Verification.class),
                Objects.requireNonNullElse(keys(rs, "after_keys"), List.of()),
                keys(rs, "waiting_for"),
                rs.getString("pool"),
                WaitingReason.of(rs),
                rs.getObject("study", UUID.class),
                rs.getObject("trial", Integer.class));
    }

    private static JobView.Message message(TrainingResult result) {
        return new JobView.Message(JobStatus.SUCCEEDED.wireName(), result.train(), result.test());
    }

    private static @Nullable Instant instant(ResultSet rs, String column) throws SQLException {
        OffsetDateTime at = rs.getObject(column, OffsetDateTime.class);
        return at == null ? null : at.toInstant();
    }

    private static @Nullable List<UUID> keys(ResultSet rs, String column) throws SQLException {
        Array keys = rs.getArray(column);
        return keys == null ? null : List.of((UUID[]) keys.getArray());
    }

    private static <T> T json(String text, Class<T> type) {
        try {
            return WireJson.mapper().readValue(text, type);
        } catch (IOException e) {
            throw new UncheckedIOException("a stored " + type.getSimpleName() + " cannot be read", e);
        }
    }
}
