package dev.trainyard.gateway.jobs;

import dev.trainyard.gateway.permission.CurrentProject;
import dev.trainyard.gateway.permission.Permissions;
import io.quarkus.security.PermissionsAllowed;
import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.headers.Header;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Lists jobs. */
@Path("/api/v1/train")
@Produces(MediaType.APPLICATION_JSON)
@Blocking
@Tag(name = "train")
public class JobsResource {
    private final JobQueries queries;
    private final CurrentProject project;

    JobsResource(JobQueries queries, CurrentProject project) {
        this.project = project;
        this.queries = queries;
    }

    @GET
    @PermissionsAllowed(Permissions.READ)
    @Operation(
            summary = "Jobs, newest first",
            description = "Jobs that match all given parameters, without their epochs and transitions")
    @APIResponse(
            responseCode = "200",
            headers =
                    @Header(
                            name = "ETag",
                            description = "For If-None-Match",
                            schema = @Schema(type = SchemaType.STRING)),
            content = @Content(schema = @Schema(implementation = JobView.Page.class)))
    @APIResponse(responseCode = "304", description = "Unchanged since the response with that ETag")
    @APIResponse(responseCode = "422", description = "Invalid parameters")
    public Response list(
            @BeanParam JobListParameters parameters,
            @Parameter(description = "ETag of an earlier response") @HeaderParam("If-None-Match") String ifNoneMatch) {
        JobListParameters.ListQuery query = parameters.read(project.name());
        JobView.Page page = queries.list(query.filter(), query.limit(), query.after());
        return ConditionalResponses.answer(page, JobETag.of(page), ifNoneMatch);
    }
}
