package dev.trainyard.gateway.changes;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.trainyard.gateway.permission.CurrentProject;
import dev.trainyard.gateway.permission.Permissions;
import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.gateway.problem.ProblemType;
import dev.trainyard.validation.Violation;
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
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Streams changes of all jobs as Server-Sent Events. */
@Path("/api/v1/train/events")
@Blocking
@Tag(name = "train")
public class ChangesResource {
    private final ChangeStreams streams;
    private final ObjectMapper json;
    private final CurrentProject project;

    ChangesResource(ChangeStreams streams, ObjectMapper json, CurrentProject project) {
        this.project = project;
        this.streams = streams;
        this.json = json;
    }

    @GET
    @PermissionsAllowed(Permissions.READ)
    @Produces(MediaType.SERVER_SENT_EVENTS)
    @Operation(
            summary = "Changes of all jobs as Server-Sent Events: ready, then job, and reload if too many were missed",
            description = "At most four times a second; a job that changed more often is sent once, in its latest "
                    + "state. After reload, and after ready without Last-Event-ID, read the lists. Last-Event-ID "
                    + "continues after that change. After 1 s without another event, alive shows that the connection "
                    + "works.")
    @APIResponse(
            responseCode = "200",
            description = "A stream of events, the data of each job a JSON object",
            content =
                    @Content(
                            mediaType = MediaType.SERVER_SENT_EVENTS,
                            schema = @Schema(implementation = JobChange.class)))
    @APIResponse(responseCode = "422", description = "Last-Event-ID is not an id of this stream")
    public Multi<OutboundSseEvent> follow(
            @HeaderParam("Last-Event-ID") String lastEventId, @Context Sse sse, @Context HttpServerRequest request) {
        Instant since = since(lastEventId);
        if (streams.isFull()) {
            throw new ProblemException(
                    ProblemType.TOO_MANY_REQUESTS,
                    "Too many clients wait for changes; poll instead.",
                    Duration.ofSeconds(5));
        }
        return streams.follow(project.name(), since, () -> request.connection().close())
                .map(event -> outbound(sse, event));
    }

    /** Answers HEAD without opening a stream, which would never end. */
    @HEAD
    @PermissionsAllowed(Permissions.READ)
    @Operation(hidden = true)
    public Response head() {
        return Response.ok().type(MediaType.SERVER_SENT_EVENTS_TYPE).build();
    }

    private static @Nullable Instant since(String lastEventId) {
        if (lastEventId == null || lastEventId.isBlank()) {
            return null;
        }
        if (!lastEventId.matches("[0-9]{1,17}")) {
            throw ProblemException.invalid(
                    List.of(new Violation("Last-Event-ID", "must be the id of an event of this stream")));
        }
        return Instant.EPOCH.plus(Long.parseLong(lastEventId), ChronoUnit.MICROS);
    }

    private OutboundSseEvent outbound(Sse sse, ChangeStream.Event event) {
        OutboundSseEvent.Builder builder = sse.newEventBuilder();
        if (event.name() == null) { // an event because browsers do not expose comments
            return builder.name("alive").data("{}").build();
        }
        builder.name(event.name());
        return event.change() == null
                ? builder.data(text(Map.of("at", event.at()))).build()
                : builder.id(String.valueOf(event.change().micros()))
                        .data(text(event.change()))
                        .build();
    }

    private String text(Object value) {
        try {
            return json.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a record can be written", e);
        }
    }
}
