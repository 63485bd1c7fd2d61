package dev.trainyard.gateway.training;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Requests that wait for an event of a job. One query serves all of them, after each change of a job by any gateway.
 */
public final class JobWaiters {
    /**
     * Maximum number of waiting requests, which bounds memory. Streams have their own limit, so that 5,000 remain for
     * other requests.
     */
    static final int LIMIT = JobEventStreams.LIMIT + 5_000;

    private final JobQueries queries;
    private final Map<Waiter, CompletableFuture<Boolean>> waiting = new ConcurrentHashMap<>();
    private final Queue<Waiter> added = new ConcurrentLinkedQueue<>();
    private final Runnable onAdded;
    private volatile boolean closed;

    /** State of a job. */
    public record Snapshot(long lastEventId, boolean ended) {}

    /** Compared by identity, because two requests may wait for the same condition. */
    private static final class Waiter {
        private final UUID key;
        private final Predicate<Snapshot> done;

        Waiter(UUID key, Predicate<Snapshot> done) {
            this.key = key;
            this.done = done;
        }
    }

    /** @param onAdded called when a request begins to wait; leads to {@link #checkAdded} */
    public JobWaiters(JobQueries queries, Runnable onAdded) {
        this.queries = queries;
        this.onAdded = onAdded;
    }

    public boolean isFull() {
        return waiting.size() >= LIMIT;
    }

    /** Completes with true once the job has ended, or with false after {@code limit} or when this is closed. */
    public CompletionStage<Boolean> awaitEnd(UUID key, Duration limit) {
        return await(new Waiter(key, Snapshot::ended), limit);
    }

    /** Completes with true once there is an event after {@code since}, or with false as {@link #awaitEnd} does. */
    public CompletionStage<Boolean> awaitEvent(UUID key, long since, Duration limit) {
        return await(new Waiter(key, snapshot -> snapshot.lastEventId() > since), limit);
    }

    private CompletionStage<Boolean> await(Waiter waiter, Duration limit) {
        CompletableFuture<Boolean> result = new CompletableFuture<>();
        waiting.put(waiter, result);
        if (closed) {
            result.complete(false);
        }
        added.add(waiter);
        onAdded.run();
        return result.completeOnTimeout(false, limit.toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete((done, failure) -> waiting.remove(waiter));
    }

    /** Completes the requests whose condition is met; called after changes of jobs. */
    public void check() {
        check(List.copyOf(waiting.keySet()));
    }

    /** As {@link #check}, for requests that have just begun to wait: the job may have changed since they read it. */
    public void checkAdded() {
        List<Waiter> some = new ArrayList<>();
        for (Waiter waiter = added.poll(); waiter != null; waiter = added.poll()) {
            some.add(waiter);
        }
        check(some);
    }

    private void check(List<Waiter> some) {
        if (some.isEmpty()) {
            return;
        }
        Map<UUID, Snapshot> snapshots =
                queries.snapshots(some.stream().map(waiter -> waiter.key).collect(Collectors.toSet()));
        for (Waiter waiter : some) {
            Snapshot snapshot = snapshots.get(waiter.key);
            CompletableFuture<Boolean> result = waiting.get(waiter);
            if (result != null && snapshot != null && waiter.done.test(snapshot)) {
                result.complete(true);
            }
        }
    }

    public boolean isClosed() {
        return closed;
    }

    /** Completes all requests with false and rejects new ones, so that clients move to another gateway. */
    public void close() {
        closed = true;
        waiting.values().forEach(result -> result.complete(false));
    }
}
