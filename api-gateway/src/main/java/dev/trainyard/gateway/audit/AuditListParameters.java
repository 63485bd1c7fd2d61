package dev.trainyard.gateway.audit;

import dev.trainyard.gateway.http.Moments;
import dev.trainyard.gateway.http.PageLimit;
import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.gateway.runtime.Cursor;
import dev.trainyard.validation.Violation;
import jakarta.ws.rs.DefaultValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.jboss.resteasy.reactive.RestQuery;
import org.jspecify.annotations.Nullable;

/** Query parameters of the audit log. */
public class AuditListParameters {
    @RestQuery
    @Parameter(description = "Only changes by this actor: its name, its token's id, or its subject", example = "anyone")
    public @Nullable String actor;

    @RestQuery
    @Parameter(description = "Only this action", schema = @Schema(type = SchemaType.STRING), example = "job.cancel")
    public @Nullable String action;

    @RestQuery
    @Parameter(description = "Only changes of the object with this id or name", example = "DigitModel")
    public @Nullable String object;

    @RestQuery
    @Parameter(description = "Only changes in this project", example = "default")
    public @Nullable String project;

    @RestQuery
    @Parameter(
            description = "Only changes at or after this time",
            schema = @Schema(type = SchemaType.STRING, format = "date-time"),
            example = "2026-01-31T08:00:00Z")
    public @Nullable String since;

    @RestQuery
    @Parameter(
            description = "Only changes before this time",
            schema = @Schema(type = SchemaType.STRING, format = "date-time"),
            example = "2026-02-28T18:30:00+01:00")
    public @Nullable String until;

    @RestQuery
    @DefaultValue("50")
    @Parameter(
            description = "Maximum number of entries in the response",
            schema =
                    @Schema(type = SchemaType.INTEGER, minimum = "1", maximum = PageLimit.MAXIMUM, defaultValue = "50"),
            example = "20")
    public String limit;

    @RestQuery
    @Parameter(description = "next_cursor of an earlier response to the same query", example = "AAAAAAAAACo")
    public @Nullable String cursor;

    /** @param after position after which the page starts; null for the first page */
    record ListQuery(
            AuditFilter filter, int limit, @Nullable Cursor after) {}

    /** @throws ProblemException 422 with every invalid parameter */
    ListQuery read() {
        List<Violation> errors = new ArrayList<>();
        AuditFilter filter = new AuditFilter(
                text("?actor", actor, errors),
                action(errors),
                text("?object", object, errors),
                text("?project", project, errors),
                Moments.read("?since", since, errors),
                Moments.read("?until", until, errors),
                false);
        int count = PageLimit.read(limit, errors);
        Cursor after = Cursor.read(cursor, errors);
        if (!errors.isEmpty()) {
            throw ProblemException.invalid(errors);
        }
        return new ListQuery(filter, count, after);
    }

    private @Nullable AuditAction action(List<Violation> errors) {
        if (action == null) {
            return null;
        }
        Optional<AuditAction> known = AuditAction.find(action);
        if (known.isEmpty()) {
            errors.add(new Violation(
                    "?action", "must be one of %s, not \"%s\"".formatted(AuditAction.wireNames(), action)));
        }
        return known.orElse(null);
    }

    /** PostgreSQL rejects text with the character 0. */
    private static @Nullable String text(String name, @Nullable String text, List<Violation> errors) {
        if (text != null && text.indexOf(0) >= 0) {
            errors.add(new Violation(name, "must not have the character 0"));
        }
        return text;
    }
}
