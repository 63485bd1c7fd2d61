package dev.trainyard.gateway.jobs;

import static dev.trainyard.gateway.problem.ProblemType.CONFLICT;

import dev.trainyard.gateway.disk.DiskSpace;
import dev.trainyard.gateway.http.SubmitRateLimiter;
import dev.trainyard.gateway.permission.CurrentProject;
import dev.trainyard.gateway.permission.Permissions;
import dev.trainyard.gateway.problem.ProblemException;
import io.quarkus.security.PermissionsAllowed;
import io.smallrye.common.annotation.Blocking;
import io.vertx.core.http.HttpServerRequest;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;

/** Actions on a submitted job; each returns the job's new state. */
@Path("/api/v1/train/{key}")
@Produces(MediaType.APPLICATION_JSON)
@Blocking
@Tag(name = "train")
public class JobActionResource {
    private final JobActions actions;
    private final SubmitRateLimiter submits;
    private final DiskSpace disk;
    private final JobQueries queries;
    private final CurrentProject project;

    JobActionResource(
            JobActions actions, SubmitRateLimiter submits, DiskSpace disk, JobQueries queries, CurrentProject project) {
        this.queries = queries;
        this.project = project;
        this.disk = disk;
        this.actions = actions;
        this.submits = submits;
    }

    @POST
    @PermissionsAllowed(Permissions.SUBMIT)
    @Path("cancel")
    @Operation(summary = "Cancel a job that has not ended (idempotent)")
    @APIResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = JobView.class)))
    @APIResponse(responseCode = "409", description = "It has succeeded or failed")
    public JobView cancel(@RestPath String key) {
        return perform(key, JobAction.CANCEL);
    }

    @POST
    @PermissionsAllowed(Permissions.SUBMIT)
    @Path("pause")
    @Operation(summary = "Pause a queued or running job, which frees its worker (idempotent)")
    @APIResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = JobView.class)))
    @APIResponse(responseCode = "409", description = "It has ended")
    public JobView pause(@RestPath String key, @Context HttpServerRequest request) {
        admit(request);
        return perform(key, JobAction.PAUSE);
    }

    @POST
    @PermissionsAllowed(Permissions.SUBMIT)
    @Path("resume")
    @Operation(summary = "Queue a paused job again; it continues after its newest checkpoint")
    @APIResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = JobView.class)))
    @APIResponse(responseCode = "409", description = "It is not paused")
    @APIResponse(responseCode = "507", description = "Too little free disk space for new work")
    public JobView resume(@RestPath String key, @Context HttpServerRequest request) {
        admit(request);
        return perform(key, JobAction.RESUME);
    }

    @POST
    @PermissionsAllowed(Permissions.SUBMIT)
    @Path("retry")
    @Operation(summary = "Give a failed job another attempt; it continues after its newest checkpoint")
    @APIResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = JobView.class)))
    @APIResponse(responseCode = "409", description = "It has not failed")
    @APIResponse(responseCode = "507", description = "Too little free disk space for new work")
    public JobView retry(@RestPath String key, @Context HttpServerRequest request) {
        admit(request);
        return perform(key, JobAction.RETRY);
    }

    @POST
    @PermissionsAllowed(Permissions.SUBMIT)
    @Path("verify")
    @Operation(
            summary = "Run a finished job again and compare the weights",
            description =
                    "The response contains the new job's key; its verification shows if the hash of the weights is "
                            + "the same and, if not, which input differs. It publishes no model.")
    @APIResponse(
            responseCode = "202",
            content = @Content(schema = @Schema(implementation = TrainResource.Accepted.class)))
    @APIResponse(responseCode = "409", description = "It has not succeeded, or its weights were not published")
    @APIResponse(responseCode = "507", description = "Too little free disk space for new work")
    public Response verify(
            @RestPath String key,
            @HeaderParam("Idempotency-Key") String idempotencyKey,
            @Context HttpServerRequest request) {
        admit(request);
        TrainResource.requireKey(idempotencyKey);
        JobActions.ActionResult result = actions.verify(require(key), idempotencyKey);
        if (result instanceof JobActions.Resubmitted again) {
            return TrainResource.accepted(TrainResource.requireStored(again.submission()));
        }
        throw refused(result, key);
    }

    private void admit(HttpServerRequest request) {
        submits.admit(request);
    }

    private UUID require(String key) {
        return TrainResource.require(key, project, queries);
    }

    private JobView perform(String key, JobAction action) {
        JobActions.ActionResult result = actions.perform(action, require(key), disk::require);
        if (result instanceof JobActions.Applied done) {
            return done.job();
        }
        throw refused(result, key);
    }

    private static ProblemException refused(JobActions.ActionResult result, String key) {
        return result instanceof JobActions.Refused refused
                ? new ProblemException(CONFLICT, refused.sentence())
                : TrainResource.unknown(key);
    }
}
