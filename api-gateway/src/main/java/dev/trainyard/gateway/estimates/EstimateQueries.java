package dev.trainyard.gateway.estimates;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.trainyard.gateway.runtime.Transactions;
import dev.trainyard.gateway.scheduling.QueuePositionSql;
import dev.trainyard.job.EngineChoice;
import dev.trainyard.job.TrainingConfig;
import dev.trainyard.message.WireJson;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Singleton;
import java.io.UncheckedIOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Objects;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/** Reads past, running and waiting jobs as the input of estimates. */
@Singleton
public final class EstimateQueries {
    private static final double LEAST_SECONDS = 0.01;
    /** Least share of the reported epoch seconds; events arrive with a delay. */
    private static final double MIN_EPOCH_SHARE = 0.9;

    /** Successful jobs train the model; the others are needed to reconstruct the queue. */
    private static final String JOBS = """
            select config, engine, status, attempt, created_at, started_at, ended_at, pace,
                coalesce((select sum(seconds) from job_epoch where job_key = job.key), 0) as epoch_seconds
            from ((select * from job where status = 'success' order by number desc limit 200)
                union all (select recent.* from unnest(array['failed', 'cancelled', 'training_in_progress']) other(status),
                    lateral (select * from job where status = other.status order by number desc limit 100) recent
                    where recent.created_at > now() - interval '2 days' order by recent.number desc limit 100)) job
            """;

    private static final int WAITING_READ = 2_000;

    private final Jdbi jdbi;
    /** By configuration as JSON; many jobs share one. */
    private final Cache<String, Workload> workloads =
            Caffeine.newBuilder().maximumSize(5_000).build();

    public EstimateQueries(@Identifier(Transactions.EDGE) Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /** Running jobs and those that wait before a new one, at one moment. */
    record Present(Instant at, List<Run> running, List<Workload> waiting, long waitingCount) {}

    record Run(
            Workload work,
            int attempt,
            double elapsed,
            double progress,
            @Nullable Double ownEta) {}

    List<PastJob> jobs() {
        return jdbi.withHandle(
                handle -> handle.createQuery(JOBS).map((rs, context) -> job(rs)).list());
    }

    /** @param priority of the job whose wait is estimated */
    Present present(String pool, String project, int priority) {
        return jdbi.withHandle(handle -> new Present(
                handle.createQuery("select now()").mapTo(Instant.class).one(),
                handle.createQuery("""
                                select config, engine, attempt, extract(epoch from now() - started_at) as elapsed, progress,
                                    eta_seconds - extract(epoch from now() - progress_at) as own_eta
                                from job where status = 'training_in_progress' and pool = :pool limit 1000
                                """)
                        .bind("pool", pool)
                        .map((rs, context) -> run(rs))
                        .list(),
                ahead(handle, QueuePositionSql.configsAhead() + " limit " + WAITING_READ, pool, project, priority)
                        .map((rs, context) -> workload(rs.getString(1)))
                        .list(),
                ahead(handle, QueuePositionSql.countAhead(), pool, project, priority)
                        .mapTo(Long.class)
                        .one()));
    }

    private static Query ahead(Handle handle, String sql, String pool, String project, int priority) {
        return handle.createQuery(sql)
                .bind("pool", pool)
                .bind("project", project)
                .bind("priority", priority);
    }

    Workload workload(String config) {
        return workloads.get(config, text -> {
            try {
                return Workload.of(WireJson.mapper().readValue(text, TrainingConfig.class));
            } catch (JsonProcessingException e) {
                throw new UncheckedIOException("a stored configuration cannot be read", e);
            }
        });
    }

    private Run run(ResultSet rs) throws SQLException {
        return new Run(
                workload(rs.getString("config")).on(EngineChoice.id(rs.getString("engine"))),
                rs.getInt("attempt"),
                rs.getDouble("elapsed"),
                rs.getDouble("progress"),
                rs.getObject("own_eta") == null ? null : (Double) rs.getDouble("own_eta"));
    }

    private PastJob job(ResultSet rs) throws SQLException {
        Instant started = instant(rs, "started_at");
        Instant ended = instant(rs, "ended_at");
        double epochSeconds = rs.getDouble("epoch_seconds");
        return new PastJob(
                workload(rs.getString("config")),
                Objects.requireNonNull(instant(rs, "created_at")),
                started,
                ended,
                epochSeconds,
                rs.getObject("pace", Double.class),
                EngineChoice.id(rs.getString("engine")),
                rs.getString("status").equals("success")
                        && rs.getInt("attempt") == 1
                        && wasSeen(started, ended, epochSeconds));
    }

    /**
     * Returns true if a gateway was running when the job started and ended. Otherwise the next gateway applied the
     * queued events at once, so that start and end are almost equal.
     */
    private static boolean wasSeen(@Nullable Instant started, @Nullable Instant ended, double epochSeconds) {
        return started != null
                && ended != null
                && PastJob.seconds(started, ended) >= Math.max(LEAST_SECONDS, MIN_EPOCH_SHARE * epochSeconds);
    }

    private static @Nullable Instant instant(ResultSet rs, String column) throws SQLException {
        OffsetDateTime at = rs.getObject(column, OffsetDateTime.class);
        return at == null ? null : at.toInstant();
    }
}
