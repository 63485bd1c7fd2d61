package dev.trainyard.gateway.training;

import dev.trainyard.gateway.TransientErrors;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Requests that wait for an event of a job. One query serves all of them and also finds events applied by other
 * gateways.
 */
public final class JobWaiters {
    private static final Logger LOG = LoggerFactory.getLogger(JobWaiters.class);
    /**
     * Maximum number of waiting requests, which bounds memory. Streams have their own limit, so that 5,000 remain for
     * other requests.
     */
    static final int LIMIT = JobEventStreams.LIMIT + 5_000;

    private final JobQueries queries;
    private final Executor executor;
    private final Map<Waiter, CompletableFuture<Boolean>> waiting = new ConcurrentHashMap<>();
    private final AtomicInteger wakeUps = new AtomicInteger();
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

    /** @param executor runs the checks started by {@link #wake} */
    public JobWaiters(JobQueries queries, Executor executor) {
        this.queries = queries;
        this.executor = executor;
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
        return result.completeOnTimeout(false, limit.toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete((done, failure) -> waiting.remove(waiter));
    }

    /** Completes the requests whose condition is met. */
    public void check() {
        if (waiting.isEmpty()) {
            return;
        }
        Map<UUID, Snapshot> snapshots = queries.snapshots(
                waiting.keySet().stream().map(waiter -> waiter.key).collect(Collectors.toSet()));
        waiting.forEach((waiter, result) -> {
            Snapshot snapshot = snapshots.get(waiter.key);
            if (snapshot != null && waiter.done.test(snapshot)) {
                result.complete(true);
            }
        });
    }

    /** Runs {@link #check} soon on the executor; concurrent calls are combined. */
    public void wake() {
        if (!waiting.isEmpty() && wakeUps.getAndIncrement() == 0) {
            executor.execute(this::checkUntilNoWakeUps);
        }
    }

    private void checkUntilNoWakeUps() {
        int seen = wakeUps.get();
        while (seen > 0) {
            try {
                check();
            } catch (JdbiException e) {
                if (!TransientErrors.isTransient(e)) {
                    LOG.error("Waiting requests could not be checked", e);
                }
            } finally {
                seen = wakeUps.addAndGet(-seen);
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
