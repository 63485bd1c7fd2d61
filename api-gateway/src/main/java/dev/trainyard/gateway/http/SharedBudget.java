package dev.trainyard.gateway.http;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * An amount of something that all requests share, such as bytes of memory, and of which one client gets only a part. A
 * request whose share is not free waits without a thread; of those that wait, the first whose share fits is served next.
 */
public final class SharedBudget {
    private final long limit;
    private final long clientLimit;
    private final Map<String, Long> held = new HashMap<>();
    private final Deque<Waiter> waiters = new ArrayDeque<>();
    private long used;
    private boolean serving;

    /** @param clientLimit most of {@code limit} that one client may hold */
    public SharedBudget(long limit, long clientLimit) {
        this.limit = limit;
        this.clientLimit = clientLimit;
    }

    /** One of which one client gets half. */
    static SharedBudget halvedForClients(long limit) {
        return new SharedBudget(limit, limit / 2);
    }

    private record Waiter(String client, long amount, CompletableFuture<Share> turn) {}

    /** What one request holds; closing it twice gives it back once. */
    public final class Share implements AutoCloseable {
        private final String client;
        private long amount;

        private Share(String client, long amount) {
            this.client = client;
            this.amount = amount;
        }

        /** Takes more if that is free now, up to {@code wanted} in all; false, and as much as before, if not. */
        public boolean growTo(long wanted) {
            synchronized (SharedBudget.this) {
                long more = wanted - amount;
                if (more > 0 && !fits(client, more)) {
                    return false;
                }
                if (more > 0) {
                    add(client, more);
                    amount = wanted;
                }
                return true;
            }
        }

        /** Gives back what the request turned out not to need. */
        public void shrinkTo(long wanted) {
            giveBack(this, wanted);
        }

        @Override
        public void close() {
            giveBack(this, 0);
        }
    }

    /**
     * Takes {@code amount}; a request that needs more than a client may hold gets all that one may.
     *
     * @return fails with {@link TimeoutException} if it does not become free within {@code patience}
     */
    public CompletableFuture<Share> take(String client, long amount, Duration patience) {
        long wanted = Math.min(amount, clientLimit);
        Waiter waiter;
        synchronized (this) {
            if (waiters.isEmpty() && fits(client, wanted)) {
                return CompletableFuture.completedFuture(grant(client, wanted));
            }
            if (patience.isZero()) {
                return CompletableFuture.failedFuture(new TimeoutException());
            }
            waiter = new Waiter(client, wanted, new CompletableFuture<>());
            waiters.add(waiter);
        }
        waiter.turn().orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS).whenComplete((share, failure) -> {
            if (failure != null) {
                synchronized (this) {
                    waiters.remove(waiter);
                }
                serveWaiters(); // the one behind it may fit
            }
        });
        serveWaiters(); // behind others of a client that has its half, this one may fit
        return waiter.turn();
    }

    /** Nothing yet, to grow. */
    public Share none(String client) {
        return new Share(client, 0);
    }

    /** What is held now. */
    public synchronized long used() {
        return used;
    }

    private boolean fits(String client, long amount) {
        return used + amount <= limit && held.getOrDefault(client, 0L) + amount <= clientLimit;
    }

    private Share grant(String client, long amount) {
        add(client, amount);
        return new Share(client, amount);
    }

    private void add(String client, long amount) {
        used += amount;
        held.merge(client, amount, Long::sum);
    }

    private void giveBack(Share share, long wanted) {
        synchronized (this) {
            long less = share.amount - wanted;
            if (less <= 0) {
                return;
            }
            share.amount = wanted;
            used -= less;
            held.computeIfPresent(share.client, (client, amount) -> amount == less ? null : amount - less);
            if (waiters.isEmpty()) {
                return;
            }
        }
        serveWaiters();
    }

    /**
     * Serves those whose shares fit now. Completing a turn may give back a share, which leads here again: the call that
     * is under way then goes on with it, so that thousands that fail at once do not fill the stack.
     */
    private void serveWaiters() {
        synchronized (this) {
            if (serving) {
                return;
            }
            serving = true;
        }
        boolean more = true;
        while (more) {
            try {
                more = serveNext();
            } catch (Throwable e) {
                synchronized (this) {
                    serving = false;
                }
                throw e;
            }
        }
    }

    private boolean serveNext() {
        Waiter next;
        Share share;
        synchronized (this) {
            next = takeNext();
            if (next == null) {
                serving = false;
                return false;
            }
            share = grant(next.client(), next.amount());
        }
        if (!next.turn().complete(share)) {
            share.close(); // its time was over a moment ago
        }
        return true;
    }

    /** The first that fits; null if none does, or if one waits for others' shares, which smaller ones must not take. */
    private Waiter takeNext() {
        Set<String> passedOver = new HashSet<>();
        for (Iterator<Waiter> each = waiters.iterator(); each.hasNext(); ) {
            Waiter waiter = each.next();
            if (passedOver.contains(waiter.client())) {
                continue; // its large share would wait for ever behind its small ones
            }
            if (fits(waiter.client(), waiter.amount())) {
                each.remove();
                return waiter;
            }
            if (held.getOrDefault(waiter.client(), 0L) + waiter.amount() <= clientLimit) {
                return null;
            }
            passedOver.add(waiter.client());
        }
        return null;
    }
}
