package dev.trainyard.gateway.audit;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A change to record.
 *
 * @param object id or name of the changed object
 * @param project of the object; null for that of the request
 * @param detail what was changed, without secrets
 */
public record AuditedChange(
        AuditAction action, String object, @Nullable String project, Map<String, ?> detail) {
    public static AuditedChange of(AuditAction action, String object, Map<String, ?> detail) {
        return new AuditedChange(action, object, null, detail);
    }

    public static AuditedChange of(AuditAction action, String object) {
        return of(action, object, Map.of());
    }
}
