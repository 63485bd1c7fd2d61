package dev.trainyard.gateway.training;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** Requests that wait for a job to end. All of them share one query, whatever gateway applied the event. */
public final class JobWaiters {
    private final JobQueries queries;
    private final Map<UUID, CompletableFuture<Boolean>> waiting = new ConcurrentHashMap<>();

    public JobWaiters(JobQueries queries) {
        this.queries = queries;
    }

    /** Completes with true once the job has ended, or with false after {@code limit}. */
    public CompletionStage<Boolean> await(UUID key, Duration limit) {
        CompletableFuture<Boolean> ended = waiting.computeIfAbsent(key, k -> new CompletableFuture<>());
        ended.whenComplete((done, failure) -> waiting.remove(key, ended));
        return ended.copy().completeOnTimeout(false, limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Looks which of the jobs that somebody waits for have ended. */
    public void check() {
        Set<UUID> keys = Set.copyOf(waiting.keySet());
        if (keys.isEmpty()) {
            return;
        }
        for (UUID key : queries.ended(keys)) {
            CompletableFuture<Boolean> ended = waiting.get(key);
            if (ended != null) {
                ended.complete(true);
            }
        }
    }
}
