package dev.trainyard.gateway.predictions;

import dev.trainyard.message.PredictReply;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Replies that have not arrived, each with a deadline. One timer serves all: a timer for each request would wake its
 * thread twice for a request that is answered within a millisecond.
 */
final class PendingReplies {
    private static final long NONE = Long.MAX_VALUE;
    private static final long ORIGIN = System.nanoTime();

    private final Map<UUID, Pending> pending = new ConcurrentHashMap<>();
    /** Time of the next check for passed deadlines; at or before the earliest deadline. */
    private final AtomicLong nextCheck = new AtomicLong(NONE);

    private record Pending(CompletableFuture<PredictReply> reply, long deadline) {}

    /** Adds a reply, which fails with a {@link TimeoutException} after {@code timeout} and is removed when it ends. */
    CompletableFuture<PredictReply> add(UUID id, Duration timeout) {
        CompletableFuture<PredictReply> reply = new CompletableFuture<>();
        long deadline = now() + timeout.toNanos();
        pending.put(id, new Pending(reply, deadline));
        reply.whenComplete((answer, failure) -> pending.remove(id));
        checkAt(deadline);
        return reply;
    }

    @Nullable
    CompletableFuture<PredictReply> get(UUID id) {
        Pending one = pending.get(id);
        return one == null ? null : one.reply();
    }

    int size() {
        return pending.size();
    }

    boolean isEmpty() {
        return pending.isEmpty();
    }

    void failAll(RuntimeException failure) {
        pending.values().forEach(one -> one.reply().completeExceptionally(failure));
    }

    private void checkAt(long time) {
        long planned = nextCheck.get();
        while (time < planned) {
            if (nextCheck.compareAndSet(planned, time)) {
                CompletableFuture.delayedExecutor(time - now(), TimeUnit.NANOSECONDS, Runnable::run)
                        .execute(() -> check(time));
                return;
            }
            planned = nextCheck.get();
        }
    }

    /** @param planned its planned time; an earlier check may have replaced it */
    private void check(long planned) {
        if (!nextCheck.compareAndSet(planned, NONE)) {
            return;
        }
        long now = now();
        long earliest = NONE;
        for (Pending one : pending.values()) {
            if (one.deadline() <= now) {
                one.reply().completeExceptionally(new TimeoutException());
            } else {
                earliest = Math.min(earliest, one.deadline());
            }
        }
        checkAt(earliest);
    }

    private static long now() {
        return System.nanoTime() - ORIGIN;
    }
}
