package dev.trainyard.gateway.audit;

import dev.trainyard.gateway.permission.CurrentProject;
import dev.trainyard.gateway.permission.Permissions;
import io.quarkus.security.PermissionsAllowed;
import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Lists the changes that clients have made. */
@Path("/api/v1/audit")
@Produces(MediaType.APPLICATION_JSON)
@Blocking
@Tag(name = "access")
public class AuditResource {
    private final AuditQueries queries;
    private final CurrentProject current;

    AuditResource(AuditQueries queries, CurrentProject current) {
        this.current = current;
        this.queries = queries;
    }

    @GET
    @PermissionsAllowed(Permissions.ADMINISTER)
    @Operation(
            summary = "Changes, newest first: who did what to what, and from where",
            description =
                    "Changes that match all given parameters; reads, predictions and refused requests are not recorded. Administrators of one project see its changes.")
    @APIResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = AuditEntry.Page.class)))
    @APIResponse(responseCode = "422", description = "Invalid parameters")
    public AuditEntry.Page list(@BeanParam AuditListParameters parameters) {
        AuditListParameters.ListQuery query = parameters.read();
        AuditFilter filter = query.filter();
        if (current.isPlatform()) {
            return queries.list(filter, query.limit(), query.after());
        }
        String project = filter.project();
        return project == null || project.equals(current.name())
                ? queries.list(filter.inProject(current.name()), query.limit(), query.after())
                : new AuditEntry.Page(List.of(), null);
    }
}
