package dev.trainyard.gateway.changes;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Pending changes of one client. A job that changes again before it was sent replaces its earlier change, which bounds
 * the memory of a slow client.
 */
final class ChangeStream {
    /** A client with more pending changes is told to reload its lists instead. */
    static final int MOST_WAITING = 1_000;

    private final String project;
    private final Runnable closeConnection;
    private final Map<UUID, JobChange> waiting = new LinkedHashMap<>();
    private @Nullable Instant ready;
    private boolean reload;
    private boolean closed;
    private @Nullable CompletableFuture<Boolean> pending;
    private @Nullable Long sentAt;

    /** @param closeConnection called if the client stops reading */
    ChangeStream(String project, Instant ready, Runnable closeConnection) {
        this.project = project;
        this.ready = ready;
        this.closeConnection = closeConnection;
    }

    /** An event of the stream; {@link #ALIVE} has neither change nor name. */
    record Event(
            @Nullable JobChange change,
            @Nullable String name,
            @Nullable Instant at) {
        static final Event ALIVE = new Event(null, null, null);
    }

    /** Events that are sent together; {@code last} if the stream ends after them. */
    record Batch(List<Event> events, boolean last) {}

    String project() {
        return project;
    }

    /** Ignores the changes of other projects. */
    synchronized void publish(Collection<JobChange> all) {
        List<JobChange> changes =
                all.stream().filter(change -> change.project().equals(project)).toList();
        for (JobChange change : changes) {
            if (change.isLaterThan(waiting.get(change.key()))) {
                waiting.remove(change.key());
                waiting.put(change.key(), change);
            }
        }
        if (waiting.size() > MOST_WAITING) {
            requestReload();
        } else if (!changes.isEmpty()) {
            signal();
        }
    }

    /** Discards the pending changes and tells the client to reload its lists. */
    synchronized void requestReload() {
        waiting.clear();
        reload = true;
        signal();
    }

    synchronized void close() {
        closed = true;
        signal();
    }

    /** Returns the next events as soon as there are some, or a sign of life after {@code limit}. */
    synchronized CompletionStage<Batch> next(Duration limit) {
        sentAt = null;
        if (ready != null || reload || closed || !waiting.isEmpty()) {
            return CompletableFuture.completedFuture(take());
        }
        pending = new CompletableFuture<>();
        return pending.completeOnTimeout(false, limit.toMillis(), TimeUnit.MILLISECONDS)
                .thenApply(signalled -> take());
    }

    private synchronized Batch take() {
        List<Event> events = new ArrayList<>();
        if (ready != null) {
            events.add(new Event(null, "ready", ready));
            ready = null;
        }
        if (reload) {
            events.add(new Event(null, "reload", Instant.now()));
            reload = false;
        }
        waiting.values().forEach(change -> events.add(new Event(change, "job", null)));
        waiting.clear();
        if (events.isEmpty() && !closed) {
            events.add(Event.ALIVE);
        }
        sentAt = System.nanoTime();
        return new Batch(events, closed);
    }

    synchronized void closeIfStalled(long now, Duration writeTimeout) {
        if (sentAt != null && now - sentAt > writeTimeout.toNanos()) {
            closeConnection.run();
        }
    }

    private void signal() {
        if (pending != null) {
            pending.complete(true);
            pending = null;
        }
    }
}
