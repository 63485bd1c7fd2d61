package dev.trainyard.gateway.training;

import dev.trainyard.message.WireJson;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** The events of a job as clients hear them, numbered from 1 without gaps. */
public final class JobEvents {
    /** A state was entered. */
    static final String STATUS = "status";

    static final String EPOCH = "epoch";
    private static final int PAGE = 500;

    private final Jdbi jdbi;

    public JobEvents(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /** @param data JSON */
    public record JobEvent(long id, String type, String data, Instant at) {}

    /** The caller's transaction holds the job's row, so that numbers rise in the order of commits. */
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

    /** The events after number {@code since}, oldest first, at most a page of them. */
    public List<JobEvent> after(UUID key, long since) {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        select id, type, data, at from job_event where job_key = :key and id > :since
                        order by id limit :limit
                        """)
                .bind("key", key)
                .bind("since", since)
                .bind("limit", PAGE)
                .map((rs, context) -> new JobEvent(
                        rs.getLong("id"),
                        rs.getString("type"),
                        rs.getString("data"),
                        rs.getTimestamp("at").toInstant()))
                .list());
    }
}
