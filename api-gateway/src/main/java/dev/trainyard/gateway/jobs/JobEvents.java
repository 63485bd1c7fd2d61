package dev.trainyard.gateway.jobs;

import dev.trainyard.gateway.runtime.Transactions;
import dev.trainyard.job.JobStatus;
import dev.trainyard.message.WireJson;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** Events of jobs for clients, numbered from 1 without gaps per job. */
@Singleton
public final class JobEvents {
    /** Type of an event that reports a new state. */
    static final String STATUS = "status";

    static final String EPOCH = "epoch";
    /** Events per page, which bounds the memory of a stream to a slow client. */
    static final int PAGE = 100;

    private final Jdbi jdbi;

    public JobEvents(@Identifier(Transactions.EDGE) Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /** @param data JSON */
    public record JobEvent(long id, String type, String data, Instant at) {}

    /** @param lastId id of the job's newest event, which may not be on this page */
    public record Page(JobStatus status, long lastId, List<JobEvent> events) {}

    /** The caller must hold the job's row lock, so that ids rise in the order of commits. */
    static void add(Handle handle, UUID key, String type, Object data) {
        handle.createUpdate("""
                        with numbered as (update job set last_event_id = last_event_id + 1 where key = :key
                            returning last_event_id)
                        insert into job_event (job_key, id, type, data)
                        select :key, last_event_id, :type, cast(:data as jsonb) from numbered
                        """)
                .bind("key", key)
                .bind("type", type)
                .bind("data", new String(WireJson.write(data), StandardCharsets.UTF_8))
                .execute();
    }

    /**
     * Returns the events after {@code since}, oldest first, at most {@link #PAGE}, with the job's status at the same
     * moment; no event follows the newest one of an ended job.
     */
    public Optional<Page> after(UUID key, long since) {
        List<Page> rows = jdbi.withHandle(handle -> handle.createQuery("""
                        select job.status, job.last_event_id, event.id, event.type, event.data, event.at
                        from job left join lateral (
                            select * from job_event where job_key = job.key and id > :since order by id limit :limit) event
                        on true where job.key = :key order by event.id
                        """)
                .bind("key", key)
                .bind("since", since)
                .bind("limit", PAGE)
                .map((rs, context) -> new Page(
                        JobStatus.find(rs.getString("status")).orElseThrow(),
                        rs.getLong("last_event_id"),
                        rs.getObject("id") == null ? List.of() : List.of(event(rs))))
                .list());
        return rows.stream()
                .findFirst()
                .map(first -> new Page(
                        first.status(),
                        first.lastId(),
                        rows.stream().flatMap(row -> row.events().stream()).toList()));
    }

    private static JobEvent event(ResultSet rs) throws SQLException {
        return new JobEvent(
                rs.getLong("id"),
                rs.getString("type"),
                rs.getString("data"),
                rs.getTimestamp("at").toInstant());
    }
}
