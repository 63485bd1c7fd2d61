package dev.trainyard.gateway.audit;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A recorded change, as clients see it.
 *
 * @param detail fields that depend on the action
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record AuditEntry(
        long id,
        Instant at,
        ActorView actor,
        @Nullable String address,
        @Nullable String requestId,

        @Schema(description = "Such as job.submit or token.create", example = "job.submit")
        String action,

        AuditedObject object,
        String project,
        JsonNode detail) {

    /** @param id of the token, or the subject of the OpenID provider */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record ActorView(
            @Schema(description = "anyone, token, oidc, or platform for the gateway itself")
            String kind,

            String name,
            @Nullable String id) {}

    public record AuditedObject(
            @Schema(description = "Such as job, model or token")
            String kind,

            String id) {}

    /** @param nextCursor null on the last page */
    public record Page(List<AuditEntry> entries, @Nullable String nextCursor) {}
}
