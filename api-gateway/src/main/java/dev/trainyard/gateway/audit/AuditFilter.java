package dev.trainyard.gateway.audit;

import dev.trainyard.gateway.runtime.SqlFilter;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Filter of the audit log; null fields match all entries.
 *
 * @param actor name or id
 * @param object id or name of the changed object
 * @param since earliest time, inclusive
 * @param until latest time, exclusive
 * @param presentProject only changes since the project of this name was created
 */
record AuditFilter(
        @Nullable String actor,
        @Nullable AuditAction action,
        @Nullable String object,
        @Nullable String project,
        @Nullable Instant since,
        @Nullable Instant until,
        boolean presentProject) {

    /** For an administrator of one project: only its changes, without those of a deleted project of the same name. */
    AuditFilter inProject(String only) {
        return new AuditFilter(actor, action, object, only, since, until, true);
    }

    /** Returns the SQL condition. */
    String condition() {
        return sql().condition();
    }

    /** Returns the values of the parameters in {@link #condition()}. */
    Map<String, Object> values() {
        return sql().values();
    }

    private SqlFilter sql() {
        SqlFilter filter = new SqlFilter()
                .add("(actor = :actor or actor_id = :actor)", "actor", actor)
                .add("action = :action", "action", action == null ? null : action.wireName())
                .add("object_id = :object", "object", object)
                .add("project = :project", "project", project)
                .add("at >= :since", "since", SqlFilter.time(since))
                .add("at < :until", "until", SqlFilter.time(until));
        return presentProject
                ? filter.add("at >= (select created_at from project where name = :created)", "created", project)
                : filter;
    }
}
