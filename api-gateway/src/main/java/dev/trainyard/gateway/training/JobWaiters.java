package dev.trainyard.gateway.training;

import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Requests that wait for news of a job. All of them share one query, whatever gateway applied the event. */
public final class JobWaiters {
    /** Past this many waiting requests a new one is turned away, so that memory stays bounded. */
    static final int LIMIT = 5_000;

    private final JobQueries queries;
    private final Map<Waiter, CompletableFuture<Boolean>> waiting = new ConcurrentHashMap<>();

    /** Where a job stands. */
    public record Mark(long lastEventId, boolean ended) {}

    /** Identity matters: two requests may wait for the same. */
    private static final class Waiter {
        private final UUID key;
        private final Predicate<Mark> done;

        Waiter(UUID key, Predicate<Mark> done) {
            this.key = key;
            this.done = done;
        }
    }

    public JobWaiters(JobQueries queries) {
        this.queries = queries;
    }

    public boolean isFull() {
        return waiting.size() >= LIMIT;
    }

    /** Completes with true once the job has ended, or with false after {@code limit}. */
    public CompletionStage<Boolean> awaitEnd(UUID key, Duration limit) {
        return await(new Waiter(key, Mark::ended), limit);
    }

    /** Completes with true once there is an event after {@code since}, or with false after {@code limit}. */
    public CompletionStage<Boolean> awaitNews(UUID key, long since, Duration limit) {
        return await(new Waiter(key, mark -> mark.lastEventId() > since), limit);
    }

    private CompletionStage<Boolean> await(Waiter waiter, Duration limit) {
        CompletableFuture<Boolean> news = new CompletableFuture<>();
        waiting.put(waiter, news);
        return news.completeOnTimeout(false, limit.toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete((done, failure) -> waiting.remove(waiter));
    }

    /** Looks for which jobs there is what somebody waits for. */
    public void check() {
        if (waiting.isEmpty()) {
            return;
        }
        Map<UUID, Mark> marks = queries.marks(
                waiting.keySet().stream().map(waiter -> waiter.key).collect(Collectors.toSet()));
        waiting.forEach((waiter, news) -> {
            Mark mark = marks.get(waiter.key);
            if (mark != null && waiter.done.test(mark)) {
                news.complete(true);
            }
        });
    }
}
