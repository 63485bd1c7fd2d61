package dev.trainyard.gateway.prediction.async;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** Requests that wait for the end of asynchronous predictions. All of them share one query per poll. */
public final class AsyncPredictionWaiters {
    /** Largest number of waiting requests, to bound the memory. */
    private static final int LIMIT = 5_000;

    private final AsyncPredictionStore store;
    private volatile boolean closed;
    /** Keyed by future, because two requests may wait for the same prediction. */
    private final Map<CompletableFuture<Boolean>, UUID> waiting = new ConcurrentHashMap<>();

    public AsyncPredictionWaiters(AsyncPredictionStore store) {
        this.store = store;
    }

    /** Completes with true when the prediction ends, or with false after {@code limit} or if too many requests wait. */
    public CompletionStage<Boolean> awaitEnd(UUID id, Duration limit) {
        CompletableFuture<Boolean> end = new CompletableFuture<>();
        if (closed || waiting.size() >= LIMIT) {
            end.complete(false);
            return end;
        }
        waiting.put(end, id);
        return end.completeOnTimeout(false, limit.toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete((ended, failure) -> waiting.remove(end));
    }

    /** Ends all waits, so that this gateway can stop. */
    public void close() {
        closed = true;
        waiting.keySet().forEach(end -> end.complete(false));
    }

    /** Completes the requests that wait for {@code ids}. */
    void notifyEnded(Collection<UUID> ids) {
        if (waiting.isEmpty() || ids.isEmpty()) {
            return;
        }
        Set<UUID> ended = Set.copyOf(ids);
        waiting.forEach((end, id) -> {
            if (ended.contains(id)) {
                end.complete(true);
            }
        });
    }

    /** Polls the database for predictions whose end another gateway recorded. */
    public void pollEnded() {
        if (!waiting.isEmpty()) {
            notifyEnded(store.ended(Set.copyOf(waiting.values())));
        }
    }
}
