package dev.trainyard.gateway.studies;

import dev.trainyard.gateway.events.EventStreams;
import dev.trainyard.gateway.events.SseResponses;
import dev.trainyard.gateway.http.StrictJson;
import dev.trainyard.gateway.http.SubmitRateLimiter;
import dev.trainyard.gateway.permission.CurrentProject;
import dev.trainyard.gateway.permission.Permissions;
import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.gateway.problem.ProblemType;
import dev.trainyard.validation.JsonFieldReader;
import dev.trainyard.validation.Violation;
import io.quarkus.security.PermissionsAllowed;
import io.smallrye.common.annotation.Blocking;
import io.smallrye.mutiny.Multi;
import io.vertx.core.http.HttpServerRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HEAD;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;

/** Follows, extends and replays a study, and stops its trials. */
@Path("/api/v1/studies/{id}")
@Produces(MediaType.APPLICATION_JSON)
@Blocking
@Tag(name = "studies")
public class StudyChangeResource {
    private final Studies studies;
    private final StudyQueries queries;
    private final StudyReplay replay;
    private final StudyStreams streams;
    private final SubmitRateLimiter submits;
    private final CurrentProject project;

    StudyChangeResource(
            Studies studies,
            StudyQueries queries,
            StudyReplay replay,
            StudyStreams streams,
            SubmitRateLimiter submits,
            CurrentProject project) {
        this.studies = studies;
        this.queries = queries;
        this.replay = replay;
        this.streams = streams;
        this.submits = submits;
        this.project = project;
    }

    @POST
    @PermissionsAllowed(Permissions.SUBMIT)
    @Path("extend")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            summary = "Raise limits of a study",
            description =
                    "Limits that are left out stay. A study that has ended goes on with new trials; trials that ended with it do not.")
    @RequestBody(
            required = true,
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = StudyRequest.ExtendRequest.class)))
    @APIResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = StudyView.class)))
    @APIResponse(responseCode = "404", description = "No such study")
    @APIResponse(responseCode = "409", description = "It was cancelled")
    @APIResponse(responseCode = "422", description = "Invalid body")
    public StudyView extend(@RestPath String id, byte[] body, @Context HttpServerRequest request) {
        submits.admit(request);
        UUID study = require(id);
        List<Violation> errors = new ArrayList<>();
        JsonFieldReader fields = JsonFieldReader.of(StrictJson.parse(body), "", errors);
        studies.extend(study, fields, errors);
        return queries.view(study);
    }

    @POST
    @PermissionsAllowed(Permissions.SUBMIT)
    @Path("replay")
    @Operation(
            summary = "Decide a study again from its events, and compare each decision",
            description = "Changes nothing. The first difference is returned; there must be none.")
    @APIResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = StudyReplay.Result.class)))
    @APIResponse(responseCode = "404", description = "No such study")
    public StudyReplay.Result replay(@RestPath String id, @Context HttpServerRequest request) {
        submits.admit(request);
        return replay.run(require(id));
    }

    @POST
    @PermissionsAllowed(Permissions.SUBMIT)
    @Path("trials/{trial}/stop")
    @Operation(summary = "Stop a trial that has not ended (idempotent); its result so far stays in the study")
    @APIResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = TrialView.class)))
    @APIResponse(responseCode = "404", description = "No such study or trial")
    @APIResponse(responseCode = "409", description = "It has ended")
    public TrialView stop(@RestPath String id, @RestPath String trial) {
        UUID study = require(id);
        if (!trial.matches("[0-9]{1,6}")) {
            throw new ProblemException(ProblemType.NOT_FOUND, "A trial has a number from 0.");
        }
        int number = Integer.parseInt(trial);
        studies.stopTrial(study, number);
        return queries.trial(study, number).orElseThrow();
    }

    @GET
    @PermissionsAllowed(Permissions.READ)
    @Path("events")
    @Produces(MediaType.SERVER_SENT_EVENTS)
    @Operation(
            summary = "The events of a study as Server-Sent Events, and finally end",
            description =
                    "Decisions: suggest, promote, prune, ended. Facts: epoch, trial, status, limits, published. Ids rise by one from 1. Last-Event-ID continues after that event. A comment every 10 s shows that the connection works.")
    @APIResponse(responseCode = "200", description = "A stream of events")
    @APIResponse(responseCode = "404", description = "No such study")
    @APIResponse(responseCode = "422", description = "Last-Event-ID is not an id of this stream")
    public Multi<OutboundSseEvent> follow(
            @RestPath String id,
            @HeaderParam("Last-Event-ID") String lastEventId,
            @Context Sse sse,
            @Context HttpServerRequest request) {
        UUID study = require(id);
        EventStreams.Page now = queries.events(study, Long.MAX_VALUE).orElseThrow(() -> StudyQueries.unknown(id));
        return SseResponses.stream(streams, study, lastEventId, now.lastId(), sse, request);
    }

    /** Answers HEAD without opening a stream, which would never end. */
    @HEAD
    @PermissionsAllowed(Permissions.READ)
    @Path("events")
    @Operation(hidden = true)
    public Response head(@RestPath String id) {
        require(id);
        return Response.ok().type(MediaType.SERVER_SENT_EVENTS_TYPE).build();
    }

    private UUID require(String id) {
        return queries.require(id, project.name());
    }
}
