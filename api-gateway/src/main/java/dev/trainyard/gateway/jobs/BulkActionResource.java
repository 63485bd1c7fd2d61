package dev.trainyard.gateway.jobs;

import dev.trainyard.gateway.http.StrictJson;
import dev.trainyard.gateway.http.SubmitRateLimiter;
import dev.trainyard.gateway.permission.CurrentProject;
import dev.trainyard.gateway.permission.Permissions;
import io.quarkus.security.PermissionsAllowed;
import io.smallrye.common.annotation.Blocking;
import io.vertx.core.http.HttpServerRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Actions on many jobs at once. */
@Path("/api/v1/train")
@Produces(MediaType.APPLICATION_JSON)
@Blocking
@Tag(name = "train")
public class BulkActionResource {
    private final BulkJobActions actions;
    private final SubmitRateLimiter submits;
    private final CurrentProject project;

    BulkActionResource(BulkJobActions actions, SubmitRateLimiter submits, CurrentProject project) {
        this.project = project;
        this.actions = actions;
        this.submits = submits;
    }

    @POST
    @Path("actions")
    @PermissionsAllowed(Permissions.SUBMIT)
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            summary = "Cancel, pause, resume or retry many jobs",
            description = "Each job follows the rules of the action on that job alone and has its own result. A filter "
                    + "without a status selects the jobs that the action can change. More jobs than the limit are left "
                    + "for a repeated request; remaining says how many.")
    @RequestBody(
            required = true,
            content =
                    @Content(
                            schema = @Schema(implementation = BulkActionRequest.class),
                            examples = {
                                @ExampleObject(
                                        name = "filter",
                                        value =
                                                "{\"action\":\"pause\",\"filter\":{\"network\":\"mlp\"},\"dry_run\":true}"),
                                @ExampleObject(
                                        name = "keys",
                                        value =
                                                "{\"action\":\"retry\",\"keys\":[\"6f1cdb6e-2f0b-4f6c-9f61-0d3b8d4f4a10\"]}")
                            }))
    @APIResponse(
            responseCode = "200",
            description = "The result of each job, also if all were refused",
            content = @Content(schema = @Schema(implementation = BulkActionResult.class)))
    @APIResponse(responseCode = "422", description = "Invalid body, or it selects no jobs explicitly")
    public BulkActionResult run(byte[] body, @Context HttpServerRequest request) {
        submits.admit(request);
        return actions.run(BulkActionRequest.read(StrictJson.parse(body), project.name()));
    }
}
