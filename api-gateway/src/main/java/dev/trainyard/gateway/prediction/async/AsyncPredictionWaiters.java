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

/** Requests that wait for kept predictions to end. All of them share one query, whatever gateway heard the reply. */
public final class AsyncPredictionWaiters {
    /** Past this many a request is not held, so that memory stays bounded. */
    private static final int LIMIT = 5_000;

    private final AsyncPredictionStore store;
    private volatile boolean closed;
    /** Identity matters: two requests may wait for the same. */
    private final Map<CompletableFuture<Boolean>, UUID> waiting = new ConcurrentHashMap<>();

    public AsyncPredictionWaiters(AsyncPredictionStore store) {
        this.store = store;
    }

    /** Completes with true once it has ended, or with false after {@code limit} or if too many wait. */
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

    /** Nobody is held any more, so that this gateway can end. */
    public void close() {
        closed = true;
        waiting.keySet().forEach(end -> end.complete(false));
    }

    /** Says that {@code ids} have ended. */
    void tell(Collection<UUID> ids) {
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

    /** Looks for which there is an end that another gateway wrote down. */
    void check() {
        if (!waiting.isEmpty()) {
            tell(store.ended(Set.copyOf(waiting.values())));
        }
    }
}
