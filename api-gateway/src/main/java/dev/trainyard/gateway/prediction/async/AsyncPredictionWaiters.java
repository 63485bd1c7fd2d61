package dev.trainyard.gateway.prediction.async;

import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/** Requests that wait for the end of asynchronous predictions. All of them share one query. */
public final class AsyncPredictionWaiters {
    /** Largest number of waiting requests, to bound the memory. */
    private static final int LIMIT = 5_000;

    private final AsyncPredictionStore store;
    private final Runnable announce;
    private final Runnable onAdded;
    private final Queue<UUID> added = new ConcurrentLinkedQueue<>();
    private volatile boolean closed;
    /** Keyed by future, because two requests may wait for the same prediction. */
    private final Map<CompletableFuture<Boolean>, UUID> waiting = new ConcurrentHashMap<>();

    /**
     * @param announce tells other gateways that predictions have ended
     * @param onAdded called when a request begins to wait; leads to {@link #checkAdded}
     */
    public AsyncPredictionWaiters(AsyncPredictionStore store, Runnable announce, Runnable onAdded) {
        this.store = store;
        this.onAdded = onAdded;
        this.announce = announce;
    }

    /** Completes with true when the prediction ends, or with false after {@code limit} or if too many requests wait. */
    public CompletionStage<Boolean> awaitEnd(UUID id, Duration limit) {
        CompletableFuture<Boolean> end = new CompletableFuture<>();
        if (closed || waiting.size() >= LIMIT) {
            end.complete(false);
            return end;
        }
        waiting.put(end, id);
        added.add(id);
        onAdded.run();
        return end.completeOnTimeout(false, limit.toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete((ended, failure) -> waiting.remove(end));
    }

    /** Ends all waits, so that this gateway can stop. */
    public void close() {
        closed = true;
        waiting.keySet().forEach(end -> end.complete(false));
    }

    /** Completes the requests that wait for {@code ids}, here and at other gateways. */
    void notifyEnded(Collection<UUID> ids) {
        if (!ids.isEmpty()) {
            complete(ids);
            announce.run();
        }
    }

    private void complete(Collection<UUID> ids) {
        Set<UUID> ended = Set.copyOf(ids);
        waiting.forEach((end, id) -> {
            if (ended.contains(id)) {
                end.complete(true);
            }
        });
    }

    /** Completes the requests for predictions whose end another gateway recorded. */
    public void pollEnded() {
        if (!waiting.isEmpty()) {
            complete(store.ended(Set.copyOf(waiting.values())));
        }
    }

    /** As {@link #pollEnded}, for requests that have just begun to wait, because an end may precede their wait. */
    public void checkAdded() {
        Set<UUID> ids = new HashSet<>();
        for (UUID id = added.poll(); id != null; id = added.poll()) {
            ids.add(id);
        }
        if (!ids.isEmpty()) {
            complete(store.ended(ids));
        }
    }
}
