package dev.trainyard.gateway.studies;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.trainyard.gateway.events.EventStreams;
import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.gateway.problem.ProblemType;
import dev.trainyard.gateway.runtime.Cursor;
import dev.trainyard.gateway.runtime.Transactions;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Singleton;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** Reads studies for clients. */
@Singleton
final class StudyQueries {
    private static final String COLUMNS = """
            *, active_ms / 1000.0 + coalesce(extract(epoch from clock_timestamp() - active_since), 0) as active_seconds
            """;
    /** Events per page, which bounds the memory of a stream to a slow client. */
    private static final int EVENTS = 100;

    private final Jdbi jdbi;

    StudyQueries(@Identifier(Transactions.EDGE) Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /** State of a study for those who wait for its events. */
    record Snapshot(long lastEventId) {}

    /** @throws ProblemException 404 if there is no such study in {@code project} */
    UUID require(String text, String project) {
        UUID id = parse(text);
        boolean exists = jdbi.withHandle(handle -> handle.createQuery(
                        "select exists (select 1 from study where id = :id and project = :project)")
                .bind("id", id)
                .bind("project", project)
                .mapTo(Boolean.class)
                .one());
        if (!exists) {
            throw unknown(text);
        }
        return id;
    }

    private static UUID parse(String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            throw unknown(text);
        }
    }

    static ProblemException unknown(String id) {
        return new ProblemException(
                ProblemType.NOT_FOUND,
                "There is no study with id %s; it never existed, or it was deleted after its retention time (setting trainyard.retention.jobs). GET /api/v1/studies lists all studies."
                        .formatted(id));
    }

    StudyView view(UUID id) {
        return jdbi.withHandle(handle -> handle.createQuery("select %s from study where id = :id".formatted(COLUMNS))
                        .bind("id", id)
                        .map((rs, context) -> view(rs))
                        .findOne())
                .orElseThrow(() -> unknown(id.toString()));
    }

    /** Returns one page of studies, newest first. */
    StudyView.Page list(String project, int limit, @Nullable Cursor after) {
        record Row(long number, StudyView study) {}
        List<Row> rows = jdbi.withHandle(handle -> handle.createQuery(
                        "select %s from study where project = :project and number < :after order by number desc limit :limit"
                                .formatted(COLUMNS))
                .bind("project", project)
                .bind("after", after == null ? Long.MAX_VALUE : after.number())
                .bind("limit", limit + 1)
                .map((rs, context) -> new Row(rs.getLong("number"), view(rs)))
                .list());
        boolean more = rows.size() > limit;
        return new StudyView.Page(
                rows.stream().limit(limit).map(Row::study).toList(),
                more ? new Cursor(rows.get(limit - 1).number()).text() : null);
    }

    /** Returns one page of trials in the order of their numbers. */
    TrialView.Page trials(UUID id, int limit, @Nullable Cursor after) {
        List<TrialView> rows = jdbi.withHandle(handle -> handle.createQuery(
                        "select * from trial where study = :id and number > :after order by number limit :limit")
                .bind("id", id)
                .bind("after", after == null ? -1 : after.number())
                .bind("limit", limit + 1)
                .map((rs, context) -> TrialView.of(rs))
                .list());
        boolean more = rows.size() > limit;
        return new TrialView.Page(
                more ? rows.subList(0, limit) : rows,
                more ? new Cursor(rows.get(limit - 1).number()).text() : null);
    }

    Optional<TrialView> trial(UUID id, int number) {
        return jdbi.withHandle(
                handle -> handle.createQuery("select * from trial where study = :id and number = :number")
                        .bind("id", id)
                        .bind("number", number)
                        .map((rs, context) -> TrialView.of(rs))
                        .findOne());
    }

    Map<UUID, Snapshot> snapshots(Collection<UUID> ids) {
        Map<UUID, Snapshot> snapshots = new HashMap<>();
        jdbi.useHandle(handle -> handle.createQuery("select id, last_event_id from study where id = any(:ids)")
                .bindArray("ids", UUID.class, List.copyOf(ids))
                .map((rs, context) -> snapshots.put(rs.getObject(1, UUID.class), new Snapshot(rs.getLong(2))))
                .list());
        return snapshots;
    }

    /** Returns the events after {@code since}, oldest first, with the status of the study at the same moment. */
    Optional<EventStreams.Page> events(UUID id, long since) {
        List<EventStreams.Page> rows = jdbi.withHandle(handle -> handle.createQuery("""
                        select study.status, study.publishing, study.last_event_id, event.id, event.type, event.trial,
                            event.data
                        from study left join lateral (
                            select * from study_event e where e.study = study.id and e.id > :since
                            order by e.id limit :limit) event
                        on true where study.id = :id order by event.id
                        """)
                .bind("id", id)
                .bind("since", since)
                .bind("limit", EVENTS)
                .map((rs, context) -> new EventStreams.Page(
                        rs.getString("status"),
                        StudyStatus.of(rs.getString("status")).isEnded() && !rs.getBoolean("publishing"),
                        rs.getLong("last_event_id"),
                        rs.getObject("id") == null ? List.of() : List.of(event(rs))))
                .list());
        return rows.stream()
                .findFirst()
                .map(first -> new EventStreams.Page(
                        first.status(),
                        first.ended(),
                        first.lastId(),
                        rows.stream().flatMap(row -> row.events().stream()).toList()));
    }

    private static EventStreams.StoredEvent event(ResultSet rs) throws SQLException {
        ObjectNode data = (ObjectNode) StudyJson.tree(rs.getString("data"));
        Integer trial = rs.getObject("trial", Integer.class);
        if (trial != null) {
            data.put("trial", trial);
        }
        return new EventStreams.StoredEvent(rs.getLong("id"), rs.getString("type"), data.toString());
    }

    private static StudyView view(ResultSet rs) throws SQLException {
        String reason = rs.getString("end_reason");
        String model = rs.getString("model_name");
        OffsetDateTime ended = rs.getObject("ended_at", OffsetDateTime.class);
        JsonNode request = StudyJson.tree(rs.getString("spec"));
        return new StudyView(
                rs.getObject("id", UUID.class),
                rs.getString("name"),
                StudyStatus.of(rs.getString("status")),
                reason == null ? null : EndReason.of(reason),
                rs.getString("detail"),
                StudyView.Summary.of(StudyJson.read(rs.getString("summary"), StudySummary.class)),
                StudyView.Limits.of(StudyJson.read(rs.getString("limits"), StudyLimits.class)),
                StudyRow.request(request).spec().pruner().maxEpochs(),
                model == null ? null : new StudyView.Model(model, rs.getInt("model_version")),
                rs.getDouble("active_seconds"),
                rs.getObject("created_at", OffsetDateTime.class).toInstant(),
                rs.getObject("updated_at", OffsetDateTime.class).toInstant(),
                ended == null ? null : ended.toInstant(),
                request,
                rs.getLong("last_event_id"));
    }
}
