package dev.trainyard.gateway.jobs;

import dev.trainyard.gateway.events.SseResponses;
import dev.trainyard.gateway.permission.CurrentProject;
import dev.trainyard.gateway.permission.Permissions;
import io.quarkus.security.PermissionsAllowed;
import io.smallrye.common.annotation.Blocking;
import io.smallrye.mutiny.Multi;
import io.vertx.core.http.HttpServerRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HEAD;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;

/** Streams a job's events from the database, so that a reconnecting client misses none. */
@Path("/api/v1/train/{key}/events")
@Blocking
@Tag(name = "train")
public class TrainEventsResource {
    private final JobEvents events;
    private final JobEventStreams streams;
    private final JobQueries queries;
    private final CurrentProject project;

    TrainEventsResource(JobEvents events, JobEventStreams streams, JobQueries queries, CurrentProject project) {
        this.queries = queries;
        this.project = project;
        this.events = events;
        this.streams = streams;
    }

    @GET
    @PermissionsAllowed(Permissions.READ)
    @Produces(MediaType.SERVER_SENT_EVENTS)
    @Operation(
            summary = "The job's events as Server-Sent Events: status, epoch and finally end",
            description =
                    "Ids rise by one from 1. Last-Event-ID continues after that event. A comment every 10 s shows "
                            + "that the connection works. Deleted events are skipped, which a comment reports.")
    @APIResponse(responseCode = "200", description = "A stream of events")
    @APIResponse(responseCode = "404", description = "No such job")
    @APIResponse(responseCode = "422", description = "Last-Event-ID is not an id of this stream")
    public Multi<OutboundSseEvent> follow(
            @RestPath String key,
            @HeaderParam("Last-Event-ID") String lastEventId,
            @Context Sse sse,
            @Context HttpServerRequest request) {
        UUID id = TrainResource.require(key, project, queries);
        JobEvents.Page now = events.after(id, Long.MAX_VALUE).orElseThrow(() -> TrainResource.unknown(key));
        return SseResponses.stream(streams, id, lastEventId, now.lastId(), sse, request);
    }

    /** Answers HEAD without opening a stream, which would never end. */
    @HEAD
    @PermissionsAllowed(Permissions.READ)
    @Operation(hidden = true)
    public Response head(@RestPath String key) {
        TrainResource.require(key, project, queries);
        return Response.ok().type(MediaType.SERVER_SENT_EVENTS_TYPE).build();
    }
}
