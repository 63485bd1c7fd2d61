package dev.trainyard.gateway.events;

import dev.trainyard.gateway.runtime.TransientErrors;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Streams the events of an object, such as a job, to clients. A page is read only after the client has received the previous one, so that
 * a slow client costs one page of memory and no thread; stalled clients are disconnected.
 */
public class EventStreams {
    /** Most streams at a time. */
    public static final int LIMIT = 5_000;

    private final Source source;
    private final Executor executor;
    private final Settings settings;
    private final Set<Stream> open = ConcurrentHashMap.newKeySet();

    /**
     * Timeouts of streams.
     *
     * @param heartbeat time without events after which a comment is sent
     * @param writeTimeout time after which a client that does not read is disconnected
     */
    public record Settings(Duration heartbeat, Duration writeTimeout) {
        public static final Settings DEFAULT = new Settings(Duration.ofSeconds(10), Duration.ofSeconds(60));
    }

    /** Stored events, numbered from 1 without gaps per object. */
    public interface Source {
        /** Returns the oldest events after {@code since}; empty if there is no such object. */
        Optional<Page> after(UUID key, long since);

        /** Completes with true once there is an event after {@code since}, or with false after {@code limit}. */
        CompletionStage<Boolean> awaitEvent(UUID key, long since, Duration limit);

        /** Returns true once streams have to end, so that clients move to another gateway. */
        boolean isClosed();
    }

    /**
     * Some events of an object.
     *
     * @param status of the object
     * @param ended true if no event follows the newest one
     * @param lastId id of the newest event, which may not be on this page
     */
    public record Page(String status, boolean ended, long lastId, List<StoredEvent> events) {}

    /** @param data JSON */
    public record StoredEvent(long id, String type, String data) {}

    /** @param executor for database queries */
    public EventStreams(Source source, Executor executor, Settings settings) {
        this.source = source;
        this.executor = executor;
        this.settings = settings;
    }

    /** A server-sent event, with an id except for {@code end}, or a comment; the other fields are null. */
    public record Event(
            @Nullable Long id,
            @Nullable String name,
            @Nullable String data,
            @Nullable String comment) {
        private static Event of(StoredEvent event) {
            return new Event(event.id(), event.type(), event.data(), null);
        }

        private static Event end(String status) {
            return new Event(null, "end", "{\"status\":\"%s\"}".formatted(status), null);
        }

        private static Event comment(String text) {
            return new Event(null, null, null, text);
        }
    }

    public boolean isFull() {
        return open.size() >= LIMIT;
    }

    /** Number of open streams. */
    public int open() {
        return open.size();
    }

    /**
     * Streams the events of object {@code key} after {@code since} and a final {@code end} event.
     *
     * @param closeConnection called if the client stops reading
     */
    public Multi<Event> follow(UUID key, long since, Runnable closeConnection) {
        return Multi.createFrom().deferred(() -> {
            Stream stream = new Stream(key, since, closeConnection);
            open.add(stream);
            return Multi.createBy()
                    .repeating()
                    .uni(stream::next)
                    .whilst(batch -> !batch.last())
                    .onItem()
                    .transformToMultiAndConcatenate(batch -> Multi.createFrom().iterable(batch.events()))
                    .onTermination()
                    .invoke(() -> open.remove(stream));
        });
    }

    /** Disconnects clients that stopped reading. */
    public void sweep() {
        long now = System.nanoTime();
        open.stream().filter(stream -> stream.isStalled(now)).forEach(stream -> stream.closeConnection.run());
    }

    private record Batch(List<Event> events, boolean last) {}

    /** Stream of one client. Batches are read one after the other, so their state needs no lock. */
    private final class Stream {
        private final UUID key;
        private final Runnable closeConnection;
        private long position;
        private volatile @Nullable Long sentAt;

        Stream(UUID key, long since, Runnable closeConnection) {
            this.key = key;
            this.position = since;
            this.closeConnection = closeConnection;
        }

        boolean isStalled(long now) {
            Long sent = sentAt;
            return sent != null && now - sent > settings.writeTimeout().toNanos();
        }

        /** Called when the client has received the previous batch. */
        Uni<Batch> next() {
            sentAt = null;
            return read().chain(batch -> batch.events().isEmpty() && !batch.last() ? awaitNext() : item(batch))
                    .onFailure(TransientErrors::isTransient)
                    .recoverWithUni(() -> item(new Batch(List.of(Event.comment("waiting for the database")), false))
                            .onItem()
                            .delayIt()
                            .by(Duration.ofSeconds(1)))
                    .invoke(() -> sentAt = System.nanoTime());
        }

        private Uni<Batch> read() {
            return Uni.createFrom().item(this::page).runSubscriptionOn(executor);
        }

        private Uni<Batch> awaitNext() {
            return Uni.createFrom()
                    .completionStage(() -> source.awaitEvent(key, position, settings.heartbeat()))
                    .emitOn(executor)
                    .chain(found ->
                            found ? read() : item(new Batch(List.of(Event.comment("alive")), source.isClosed())));
        }

        private Batch page() {
            if (source.isClosed()) {
                return new Batch(List.of(), true); // without an end event: the client reconnects to another gateway
            }
            Page page = source.after(key, position).orElse(null);
            if (page == null) {
                return new Batch(List.of(Event.end("deleted")), true);
            }
            List<Event> outbound = new ArrayList<>();
            long next = page.events().isEmpty()
                    ? page.lastId() + 1
                    : page.events().get(0).id();
            if (next > position + 1) {
                outbound.add(Event.comment("events %d to %d are no longer kept".formatted(position + 1, next - 1)));
                position = next - 1;
            }
            page.events().stream().map(Event::of).forEach(outbound::add);
            if (!page.events().isEmpty()) {
                position = page.events().get(page.events().size() - 1).id();
            }
            boolean ended = page.ended() && position >= page.lastId();
            if (ended) {
                outbound.add(Event.end(page.status()));
            }
            return new Batch(outbound, ended);
        }

        private static Uni<Batch> item(Batch batch) {
            return Uni.createFrom().item(batch);
        }
    }
}
