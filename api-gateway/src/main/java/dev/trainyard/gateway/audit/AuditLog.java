package dev.trainyard.gateway.audit;

import dev.trainyard.message.WireJson;
import java.nio.charset.StandardCharsets;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.SqlStatement;

/** Records changes in the transactions that make them. The actor is that of the current request. */
public final class AuditLog {
    /** Statement that records a change; may be a part of another statement. {@link #bind} sets its parameters. */
    public static final String INSERT = """
            insert into audit_entry (actor_kind, actor, actor_id, address, request_id, action, object_kind, object_id,
                project, detail)
            values (:audit_kind, :audit_actor, :audit_actor_id, :audit_address, :audit_request, :audit_action,
                :audit_object_kind, :audit_object, :audit_project, cast(:audit_detail as jsonb))""";

    private AuditLog() {}

    /** Call it only for changes that are made, not for requests that are refused or change nothing. */
    public static void record(Handle handle, AuditedChange change) {
        bind(handle.createUpdate(INSERT), change).execute();
    }

    /** As {@link #record(Handle, AuditedChange)}, for a request that has no sender yet. */
    public static void record(Handle handle, AuditedChange change, Actor actor) {
        bind(handle.createUpdate(INSERT), change, actor, AuditContext.current()).execute();
    }

    /** Sets the parameters of {@link #INSERT}. */
    public static <S extends SqlStatement<S>> S bind(S statement, AuditedChange change) {
        AuditContext context = AuditContext.current();
        return bind(statement, change, context.actor(), context);
    }

    /** As {@link #bind}, for a change that the platform decides, even if a request of a user causes it. */
    public static <S extends SqlStatement<S>> S bindAsPlatform(S statement, AuditedChange change) {
        return bind(statement, change, Actor.PLATFORM, AuditContext.PLATFORM);
    }

    private static <S extends SqlStatement<S>> S bind(
            S statement, AuditedChange change, Actor actor, AuditContext context) {
        return statement
                .bind("audit_kind", actor.kind().wireName())
                .bind("audit_actor", actor.name())
                .bind("audit_actor_id", actor.id())
                .bind("audit_address", context.address())
                .bind("audit_request", context.requestId())
                .bind("audit_action", change.action().wireName())
                .bind("audit_object_kind", change.action().objectKind())
                .bind("audit_object", change.object())
                .bind("audit_project", change.project() == null ? context.project() : change.project())
                .bind("audit_detail", new String(WireJson.write(change.detail()), StandardCharsets.UTF_8));
    }
}
