package dev.trainyard.gateway.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.gateway.runtime.Cursor;
import dev.trainyard.gateway.runtime.Transactions;
import dev.trainyard.message.WireJson;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Singleton;
import java.io.UncheckedIOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** Reads the audit log. */
@Singleton
public class AuditQueries {
    private static final String PAGE =
            "select * from audit_entry where id < :after and %s order by id desc limit :limit";

    private final Jdbi jdbi;

    AuditQueries(@Identifier(Transactions.EDGE) Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /** One page of entries, newest first. */
    AuditEntry.Page list(AuditFilter filter, int limit, @Nullable Cursor after) {
        List<AuditEntry> entries = jdbi.withHandle(handle -> handle.createQuery(PAGE.formatted(filter.condition()))
                .bind("after", after == null ? Long.MAX_VALUE : after.number())
                .bindMap(filter.values())
                .bind("limit", limit + 1)
                .map((rs, context) -> entry(rs))
                .list());
        if (entries.size() <= limit) {
            return new AuditEntry.Page(entries, null);
        }
        List<AuditEntry> shown = entries.subList(0, limit);
        return new AuditEntry.Page(shown, new Cursor(shown.get(limit - 1).id()).text());
    }

    private static AuditEntry entry(ResultSet rs) throws SQLException {
        return new AuditEntry(
                rs.getLong("id"),
                rs.getObject("at", OffsetDateTime.class).toInstant(),
                new AuditEntry.ActorView(rs.getString("actor_kind"), rs.getString("actor"), rs.getString("actor_id")),
                rs.getString("address"),
                rs.getString("request_id"),
                rs.getString("action"),
                new AuditEntry.AuditedObject(rs.getString("object_kind"), rs.getString("object_id")),
                rs.getString("project"),
                json(rs.getString("detail")));
    }

    private static JsonNode json(String text) {
        try {
            return WireJson.mapper().readTree(text);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException("PostgreSQL stores valid JSON only", e);
        }
    }
}
