package dev.trainyard.gateway.training;

import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.gateway.problem.ProblemType;
import dev.trainyard.job.JobStatus;
import dev.trainyard.validation.Violation;
import io.smallrye.common.annotation.Blocking;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.smallrye.mutiny.subscription.MultiEmitter;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;

/** A job's events as they come, from the database, so that a client which comes back misses none. */
@Path("/api/v1/train/{key}/events")
@Blocking
@Tag(name = "train")
public class TrainEventsResource {
    private static final Duration HEARTBEAT = Duration.ofSeconds(10);

    private final JobQueries queries;
    private final JobEvents events;
    private final JobWaiters waiters;

    TrainEventsResource(JobQueries queries, JobEvents events, JobWaiters waiters) {
        this.queries = queries;
        this.events = events;
        this.waiters = waiters;
    }

    @GET
    @Produces(MediaType.SERVER_SENT_EVENTS)
    @Operation(
            summary = "The job's events as Server-Sent Events: status, epoch and at last end",
            description = "Ids rise by one from 1. Last-Event-ID goes on after that event. A comment every 10 s shows "
                    + "that the line is alive.")
    @APIResponse(responseCode = "200", description = "A stream of events")
    @APIResponse(responseCode = "404", description = "No such job")
    public Multi<OutboundSseEvent> follow(
            @RestPath String key, @HeaderParam("Last-Event-ID") String lastEventId, Sse sse) {
        UUID id = TrainResource.parse(key);
        if (queries.status(id).isEmpty()) {
            throw TrainResource.unknown(key);
        }
        if (waiters.isFull()) {
            throw new ProblemException(
                    ProblemType.TOO_MANY_REQUESTS, "Too many requests wait for news; poll.", Duration.ofSeconds(5));
        }
        return new Stream(id, since(lastEventId), sse).open();
    }

    private static long since(String lastEventId) {
        if (lastEventId == null || lastEventId.isBlank()) {
            return 0;
        }
        if (!lastEventId.matches("[0-9]{1,18}")) {
            throw ProblemException.invalid(
                    List.of(new Violation("Last-Event-ID", "must be the id of an event of this stream")));
        }
        return Long.parseLong(lastEventId);
    }

    /** One client's line. Steps follow each other, so the fields need no lock. */
    private final class Stream {
        private final UUID key;
        private final Sse sse;
        private long last;
        private volatile boolean closed;

        Stream(UUID key, long since, Sse sse) {
            this.key = key;
            this.last = since;
            this.sse = sse;
        }

        Multi<OutboundSseEvent> open() {
            return Multi.createFrom().emitter(emitter -> {
                emitter.onTermination(() -> closed = true);
                step(emitter, false);
            });
        }

        private void step(MultiEmitter<? super OutboundSseEvent> line, boolean idle) {
            try {
                if (closed) {
                    return;
                }
                // asked before the events: what ended by now has all its events
                JobStatus status = queries.status(key).orElse(null);
                boolean sent = send(line);
                if (status == null || status.isTerminal() && !sent) {
                    line.emit(sse.newEventBuilder()
                            .name("end")
                            .data("{\"status\":\"%s\"}".formatted(status == null ? "deleted" : status.wireName()))
                            .build());
                    line.complete();
                    return;
                }
                if (sent) {
                    Infrastructure.getDefaultWorkerPool().execute(() -> step(line, false)); // there may be more
                    return;
                }
                if (idle) {
                    line.emit(sse.newEventBuilder().comment("alive").build());
                }
                waiters.awaitNews(key, last, HEARTBEAT)
                        .thenAcceptAsync(news -> step(line, !news), Infrastructure.getDefaultWorkerPool());
            } catch (RuntimeException e) {
                line.fail(e);
            }
        }

        private boolean send(MultiEmitter<? super OutboundSseEvent> line) {
            List<JobEvents.JobEvent> page = events.after(key, last);
            for (JobEvents.JobEvent event : page) {
                line.emit(sse.newEventBuilder()
                        .id(String.valueOf(event.id()))
                        .name(event.type())
                        .data(event.data())
                        .build());
                last = event.id();
            }
            return !page.isEmpty();
        }
    }
}
