package dev.trainyard.gateway.events;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Requests that wait until the state of an object satisfies a condition. One query serves all of them, after each change
 * by any gateway.
 *
 * @param <K> key of an object
 * @param <S> its state
 */
public final class WaitingRequests<K, S> {
    private final int limit;
    private final Function<Set<K>, Map<K, S>> states;
    private final Map<Waiter<K, S>, CompletableFuture<Boolean>> waiting = new ConcurrentHashMap<>();
    private final Queue<Waiter<K, S>> added = new ConcurrentLinkedQueue<>();
    private volatile Runnable onAdded = () -> {};
    private volatile boolean closed;

    /** Compared by identity, because two requests may wait for the same condition. */
    private static final class Waiter<K, S> {
        private final K key;
        private final Predicate<S> done;

        Waiter(K key, Predicate<S> done) {
            this.key = key;
            this.done = done;
        }
    }

    /**
     * @param limit number of requests from which {@link #isFull} is true
     * @param states reads the states of objects; unknown ones are left out
     */
    public WaitingRequests(int limit, Function<Set<K>, Map<K, S>> states) {
        this.limit = limit;
        this.states = states;
    }

    /** Sets what is called when a request begins to wait, which leads to {@link #checkAdded}. */
    public void onAdded(Runnable listener) {
        onAdded = listener;
    }

    public boolean isFull() {
        return waiting.size() >= limit;
    }

    /** Completes with true once the state is {@code done}, or with false after {@code limit} or {@link #close}. */
    public CompletionStage<Boolean> await(K key, Predicate<S> done, Duration limit) {
        Waiter<K, S> waiter = new Waiter<>(key, done);
        CompletableFuture<Boolean> result = new CompletableFuture<>();
        waiting.put(waiter, result);
        if (closed) {
            result.complete(false);
        }
        added.add(waiter);
        onAdded.run();
        return result.completeOnTimeout(false, limit.toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete((satisfied, failure) -> waiting.remove(waiter));
    }

    /** Completes the requests whose condition is met; called after changes. */
    public void check() {
        check(List.copyOf(waiting.keySet()));
    }

    /** As {@link #check}, for requests that have just begun to wait: a change may have come after they read the state. */
    public void checkAdded() {
        List<Waiter<K, S>> some = new ArrayList<>();
        for (Waiter<K, S> waiter = added.poll(); waiter != null; waiter = added.poll()) {
            some.add(waiter);
        }
        check(some);
    }

    private void check(List<Waiter<K, S>> some) {
        if (some.isEmpty()) {
            return;
        }
        Map<K, S> read = states.apply(some.stream().map(waiter -> waiter.key).collect(Collectors.toSet()));
        for (Waiter<K, S> waiter : some) {
            S state = read.get(waiter.key);
            CompletableFuture<Boolean> result = waiting.get(waiter);
            if (result != null && state != null && waiter.done.test(state)) {
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
