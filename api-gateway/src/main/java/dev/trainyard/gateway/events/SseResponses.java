package dev.trainyard.gateway.events;

import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.gateway.problem.ProblemType;
import dev.trainyard.validation.Violation;
import io.smallrye.mutiny.Multi;
import io.vertx.core.http.HttpServerRequest;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Answers requests with streams of Server-Sent Events. */
public final class SseResponses {
    private SseResponses() {}

    /**
     * Streams the events of object {@code key} after {@code lastEventId}.
     *
     * @param newest id of its newest event
     */
    public static Multi<OutboundSseEvent> stream(
            EventStreams streams,
            UUID key,
            @Nullable String lastEventId,
            long newest,
            Sse sse,
            HttpServerRequest request) {
        long since = since(lastEventId, newest);
        if (streams.isFull()) {
            throw new ProblemException(
                    ProblemType.TOO_MANY_REQUESTS,
                    "Too many clients wait for events; poll instead.",
                    Duration.ofSeconds(5));
        }
        return streams.follow(key, since, () -> request.connection().close()).map(event -> outbound(sse, event));
    }

    private static OutboundSseEvent outbound(Sse sse, EventStreams.Event event) {
        OutboundSseEvent.Builder builder = sse.newEventBuilder();
        if (event.comment() != null) {
            return builder.comment(event.comment()).build();
        }
        if (event.id() != null) {
            builder.id(String.valueOf(event.id()));
        }
        return builder.name(event.name()).data(event.data()).build();
    }

    private static long since(@Nullable String lastEventId, long newest) {
        if (lastEventId == null || lastEventId.isBlank()) {
            return 0;
        }
        if (!lastEventId.matches("[0-9]{1,18}") || Long.parseLong(lastEventId) > newest) {
            throw ProblemException.invalid(List.of(new Violation(
                    "Last-Event-ID", "must be the id of an event of this stream, at most %d now".formatted(newest))));
        }
        return Long.parseLong(lastEventId);
    }
}
