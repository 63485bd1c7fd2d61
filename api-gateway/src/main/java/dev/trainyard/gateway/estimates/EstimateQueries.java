package dev.trainyard.gateway.estimates;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.trainyard.gateway.runtime.Transactions;
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
import org.jdbi.v3.core.Jdbi;

/** Reads past, running and waiting jobs as the input of estimates. */
@Singleton
public final class EstimateQueries {
    private static final double LEAST_SECONDS = 0.01;
    /** Least share of the reported epoch seconds; events arrive with a delay. */
    private static final double MIN_EPOCH_SHARE = 0.9;

    /** Successful jobs train the model; the others are needed to reconstruct the queue. */
    private static final String JOBS = """
            select config, status, attempt, created_at, started_at, ended_at, pace,
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

    /** Running and waiting jobs at one moment. */
    record Present(Instant at, List<Run> running, List<Workload> waiting, long waitingCount) {}

    record Run(Workload work, int attempt, double elapsed, double progress, Double ownEta) {}

    List<PastJob> jobs() {
        return jdbi.withHandle(
                handle -> handle.createQuery(JOBS).map((rs, context) -> job(rs)).list());
    }

    Present present() {
        return jdbi.withHandle(handle -> new Present(
                handle.createQuery("select now()").mapTo(Instant.class).one(),
                handle.createQuery("""
                                select config, attempt, extract(epoch from now() - started_at) as elapsed, progress,
                                    eta_seconds - extract(epoch from now() - progress_at) as own_eta
                                from job where status = 'training_in_progress' limit 1000
                                """).map((rs, context) -> run(rs)).list(),
                handle.createQuery(
                                "select config from job where status = 'queued' order by queued_at, number limit :limit")
                        .bind("limit", WAITING_READ)
                        .map((rs, context) -> workload(rs.getString(1)))
                        .list(),
                handle.createQuery("select count(*) from job where status = 'queued'")
                        .mapTo(Long.class)
                        .one()));
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
                workload(rs.getString("config")),
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
                instant(rs, "created_at"),
                started,
                ended,
                epochSeconds,
                rs.getObject("pace", Double.class),
                rs.getString("status").equals("success")
                        && rs.getInt("attempt") == 1
                        && wasSeen(started, ended, epochSeconds));
    }

    /**
     * Returns true if a gateway was running when the job started and ended. Otherwise the next gateway applied the
     * queued events at once, so that start and end are almost equal.
     */
    private static boolean wasSeen(Instant started, Instant ended, double epochSeconds) {
        return started != null
                && ended != null
                && PastJob.seconds(started, ended) >= Math.max(LEAST_SECONDS, MIN_EPOCH_SHARE * epochSeconds);
    }

    private static Instant instant(ResultSet rs, String column) throws SQLException {
        OffsetDateTime at = rs.getObject(column, OffsetDateTime.class);
        return at == null ? null : at.toInstant();
    }
}
