package dev.trainyard.gateway.predictions.async;

import dev.trainyard.gateway.events.WaitingRequests;
import dev.trainyard.gateway.runtime.ChangeTopic;
import dev.trainyard.gateway.runtime.Notifier;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Requests that wait for the end of asynchronous predictions. */
@Singleton
public final class AsyncPredictionWaiters {
    /** Largest number of waiting requests, to bound the memory. */
    private static final int LIMIT = 5_000;

    private final WaitingRequests<UUID, Boolean> requests;
    private final Notifier notifier;

    AsyncPredictionWaiters(AsyncPredictionStore store, Notifier notifier) {
        this.requests = new WaitingRequests<>(LIMIT, ids -> ended(store, ids));
        this.notifier = notifier;
    }

    private static Map<UUID, Boolean> ended(AsyncPredictionStore store, Set<UUID> ids) {
        return store.ended(ids).stream().collect(Collectors.toMap(Function.identity(), id -> true));
    }

    public WaitingRequests<UUID, Boolean> requests() {
        return requests;
    }

    /** Completes with true when the prediction ends, or with false after {@code limit} or if too many requests wait. */
    public CompletionStage<Boolean> awaitEnd(UUID id, Duration limit) {
        return requests.isFull() ? CompletableFuture.completedFuture(false) : requests.await(id, ended -> ended, limit);
    }

    /** Ends all waits, so that this gateway can stop. */
    public void close() {
        requests.close();
    }

    /** Tells the gateways that predictions have ended. */
    void notifyEnded(Collection<UUID> ids) {
        if (!ids.isEmpty()) {
            notifier.publish(ChangeTopic.PREDICTIONS);
        }
    }
}
