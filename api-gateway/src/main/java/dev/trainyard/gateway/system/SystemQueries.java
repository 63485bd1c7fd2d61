package dev.trainyard.gateway.system;

import dev.trainyard.gateway.runtime.GatewaySettings;
import dev.trainyard.gateway.runtime.Transactions;
import dev.trainyard.job.JobStatus;
import dev.trainyard.job.TransitionReason;
import dev.trainyard.message.Topics;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jspecify.annotations.Nullable;

/** Reads the platform's state from the database. */
@Singleton
public final class SystemQueries {
    /** Four missed heartbeats. */
    private static final int SILENT_SECONDS = 20;

    private final Jdbi jdbi;
    private final Duration lease;

    @Inject
    SystemQueries(@Identifier(Transactions.EDGE) Jdbi jdbi, GatewaySettings settings) {
        this(jdbi, settings.lease().duration());
    }

    /** @param lease duration of a claim after its last heartbeat */
    public SystemQueries(Jdbi jdbi, Duration lease) {
        this.jdbi = jdbi;
        this.lease = lease;
    }

    record DatabaseState(
            Instant at,
            String version,
            Map<String, Long> jobs,
            List<PoolJobs> pools,
            List<SystemView.Worker> trainers,
            SystemView.Unsent unsent,
            List<SystemView.Stopped> stopped) {}

    DatabaseState read() {
        return jdbi.withHandle(handle -> new DatabaseState(
                handle.createQuery("select now()").mapTo(Instant.class).one(),
                handle.createQuery("show server_version").mapTo(String.class).one(),
                jobs(handle),
                pools(handle),
                trainers(handle),
                unsent(handle),
                stopped(handle)));
    }

    private static SystemView.Unsent unsent(Handle handle) {
        return handle.createQuery("""
                        select count(*) filter (where quarantined_at is null) as waiting,
                            count(*) filter (where quarantined_at is null and tries > 0) as held,
                            (select topic || ': ' || refusal from outbox where quarantined_at is null and tries > 0
                                order by id desc limit 1) as held_reason,
                            count(quarantined_at) as quarantined
                        from outbox
                        """)
                .map(ConstructorMapper.of(SystemView.Unsent.class))
                .one();
    }

    private static List<SystemView.Stopped> stopped(Handle handle) {
        return handle.createQuery("select partition, next_offset, stopped_reason from event_position "
                        + "where stopped_reason is not null order by partition")
                .map((rs, context) ->
                        new SystemView.Stopped(Topics.TRAIN_EVENTS, rs.getInt(1), rs.getLong(2), rs.getString(3)))
                .list();
    }

    /** Jobs of a pool that have not ended. */
    record PoolJobs(String name, long queued, long waiting, long running, Set<String> projects) {}

    private static List<PoolJobs> pools(Handle handle) {
        return handle.createQuery("""
                        select pool as name, count(*) filter (where status = 'queued' and not waiting) as queued,
                            count(*) filter (where status = 'queued' and waiting) as waiting,
                            count(*) filter (where status = 'training_in_progress') as running,
                            array_agg(distinct project) as projects
                        from job where status in ('queued', 'training_in_progress') group by pool order by pool
                        """)
                .map((rs, context) -> new PoolJobs(
                        rs.getString("name"),
                        rs.getLong("queued"),
                        rs.getLong("waiting"),
                        rs.getLong("running"),
                        Set.of((String[]) rs.getArray("projects").getArray())))
                .list();
    }

    private static Map<String, Long> jobs(Handle handle) {
        Map<String, Long> counts = new TreeMap<>();
        for (JobStatus status : JobStatus.values()) {
            counts.put(status.wireName(), 0L);
        }
        handle.createQuery("select status, count(*) from job group by status")
                .map((rs, context) -> counts.put(rs.getString(1), rs.getLong(2)))
                .list();
        return counts;
    }

    /** Reads the newest job of each trainer; a restarted trainer may have an older one under the same name. */
    private List<SystemView.Worker> trainers(Handle handle) {
        return handle.createQuery("""
                        select distinct on (worker) worker, key, project, config ->> 'network' as network, attempt, current_epoch,
                            epochs, progress, heard, heard < now() - :silent * interval '1 s' as silent,
                            (select max(at) from job_transition
                                where job_key = job.key and reason = :claimed) as since
                        from job, lateral (select lease_expires_at - :lease * interval '1 ms' as heard) heartbeat
                        where status = 'training_in_progress' and worker is not null order by worker, heard desc
                        """)
                .bind("silent", SILENT_SECONDS)
                .bind("claimed", TransitionReason.CLAIMED.wireName())
                .bind("lease", lease.toMillis())
                .map((rs, context) -> trainer(rs))
                .list();
    }

    private static SystemView.Worker trainer(ResultSet rs) throws SQLException {
        return new SystemView.Worker(
                rs.getString("worker"),
                "trainer",
                rs.getBoolean("silent") ? "silent" : "running",
                instant(rs, "heard"),
                new SystemView.Running(
                        rs.getObject("key", UUID.class),
                        rs.getString("network"),
                        rs.getInt("attempt"),
                        rs.getInt("current_epoch"),
                        rs.getInt("epochs"),
                        rs.getDouble("progress"),
                        instant(rs, "since"),
                        rs.getString("project")));
    }

    private static @Nullable Instant instant(ResultSet rs, String column) throws SQLException {
        OffsetDateTime at = rs.getObject(column, OffsetDateTime.class);
        return at == null ? null : at.toInstant();
    }
}
