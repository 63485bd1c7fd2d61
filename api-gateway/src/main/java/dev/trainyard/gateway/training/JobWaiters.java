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

/** Requests that wait for news of a job. All of them share one query, whatever gateway applied the event. */
public final class JobWaiters {
    private static final Logger LOG = LoggerFactory.getLogger(JobWaiters.class);
    /**
     * Past this many waiting requests a new one does not wait, so that memory stays bounded. Streams, which have a limit
     * of their own, leave the others 5,000.
     */
    static final int LIMIT = JobEventStreams.LIMIT + 5_000;

    private final JobQueries queries;
    private final Executor executor;
    private final Map<Waiter, CompletableFuture<Boolean>> waiting = new ConcurrentHashMap<>();
    private final AtomicInteger wakeUps = new AtomicInteger();
    private volatile boolean closed;

    /** Where a job stands. */
    public record Snapshot(long lastEventId, boolean ended) {}

    /** Identity matters: two requests may wait for the same. */
    private static final class Waiter {
        private final UUID key;
        private final Predicate<Snapshot> done;

        Waiter(UUID key, Predicate<Snapshot> done) {
            this.key = key;
            this.done = done;
        }
    }

    /** @param executor on which {@link #wake} looks */
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
        CompletableFuture<Boolean> news = new CompletableFuture<>();
        waiting.put(waiter, news);
        if (closed) {
            news.complete(false);
        }
        return news.completeOnTimeout(false, limit.toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete((done, failure) -> waiting.remove(waiter));
    }

    /** Looks for which jobs there is what somebody waits for. */
    public void check() {
        if (waiting.isEmpty()) {
            return;
        }
        Map<UUID, Snapshot> snapshots = queries.snapshots(
                waiting.keySet().stream().map(waiter -> waiter.key).collect(Collectors.toSet()));
        waiting.forEach((waiter, news) -> {
            Snapshot snapshot = snapshots.get(waiter.key);
            if (snapshot != null && waiter.done.test(snapshot)) {
                news.complete(true);
            }
        });
    }

    /** Has {@link #check} run soon; many calls at once are one check, so that news costs the caller nothing. */
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
                    LOG.error("waiting requests could not be told of news", e);
                }
            } finally {
                seen = wakeUps.addAndGet(-seen);
            }
        }
    }

    public boolean isClosed() {
        return closed;
    }

    /** Nobody waits from now on: this gateway ends, and its clients shall ask another. */
    public void close() {
        closed = true;
        waiting.values().forEach(news -> news.complete(false));
    }
}
