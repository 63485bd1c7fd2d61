package dev.trainyard.gateway.training;

import static dev.trainyard.gateway.problem.ProblemType.CONFLICT;

import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.job.JobStatus;
import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.UUID;
import java.util.function.Function;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;

/** What the owner of a job may want of it after the submit. Each answers with the job as it then is. */
@Path("/api/v1/train/{key}")
@Produces(MediaType.APPLICATION_JSON)
@Blocking
@Tag(name = "train")
public class TrainWishResource {
    private final JobStore store;
    private final JobQueries queries;
    private final JobWaiters waiters;

    TrainWishResource(JobStore store, JobQueries queries, JobWaiters waiters) {
        this.store = store;
        this.queries = queries;
        this.waiters = waiters;
    }

    @POST
    @Path("cancel")
    @Operation(summary = "Cancel a job that has not ended")
    @APIResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = JobView.class)))
    @APIResponse(responseCode = "409", description = "It has ended")
    public JobView cancel(@RestPath String key) {
        return carryOut(key, store::cancel, "it cannot be cancelled any more");
    }

    @POST
    @Path("pause")
    @Operation(summary = "Pause a queued or running job; its worker is free for others")
    @APIResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = JobView.class)))
    @APIResponse(responseCode = "409", description = "It has ended")
    public JobView pause(@RestPath String key) {
        return carryOut(key, store::pause, "only a job that has not ended can be paused");
    }

    @POST
    @Path("resume")
    @Operation(summary = "Queue a paused job again; it goes on after its newest checkpoint")
    @APIResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = JobView.class)))
    @APIResponse(responseCode = "409", description = "It is not paused")
    public JobView resume(@RestPath String key) {
        return carryOut(key, store::resume, "only a paused job can be resumed");
    }

    @POST
    @Path("retry")
    @Operation(summary = "Give a failed job another attempt; it goes on after its newest checkpoint")
    @APIResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = JobView.class)))
    @APIResponse(responseCode = "409", description = "It has not failed")
    public JobView retry(@RestPath String key) {
        return carryOut(key, store::retry, "only a failed job can be retried");
    }

    @POST
    @Path("verify")
    @Operation(
            summary = "Run a finished job again and compare the weights",
            description = "The answer names the new job, whose verification says whether the hash of the weights is "
                    + "the same and, if not, which input differs. It publishes no model.")
    @APIResponse(
            responseCode = "202",
            content = @Content(schema = @Schema(implementation = TrainResource.Accepted.class)))
    @APIResponse(responseCode = "409", description = "It has not succeeded, or kept no weights")
    public Response verify(@RestPath String key) {
        UUID original = TrainResource.parse(key);
        JobView job = queries.find(original).orElseThrow(() -> TrainResource.unknown(key));
        if (job.status() != JobStatus.SUCCEEDED || job.model() == null) {
            throw new ProblemException(
                    CONFLICT, "Only a job that succeeded and published its weights can be verified.");
        }
        JobStore.Submit again = new JobStore.Submit(queries.config(original), null, original, null);
        return TrainResource.accepted(TrainResource.kept(store.submit(again)));
    }

    private JobView carryOut(String text, Function<UUID, JobStore.Outcome> wish, String otherwise) {
        UUID key = TrainResource.parse(text);
        JobStore.Outcome outcome = wish.apply(key);
        waiters.check();
        JobView job = queries.find(key).orElseThrow(() -> TrainResource.unknown(text));
        if (outcome == JobStore.Outcome.NOT_NOW) {
            throw new ProblemException(
                    CONFLICT,
                    "The job has status %s; %s.".formatted(job.status().wireName(), otherwise));
        }
        return job;
    }
}
