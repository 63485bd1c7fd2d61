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
import org.jspecify.annotations.Nullable;

/**
 * An amount, such as bytes of memory, that all requests share and of which one client gets only a part. A request whose
 * share is not free waits without blocking a thread. The first waiting request whose share fits is served next.
 */
public final class SharedBudget {
    private final long limit;
    private final long clientLimit;
    private final Map<String, Long> held = new HashMap<>();
    private final Deque<Waiter> waiters = new ArrayDeque<>();
    private long used;
    private boolean serving;

    /** @param clientLimit largest part of {@code limit} that one client may hold */
    public SharedBudget(long limit, long clientLimit) {
        this.limit = limit;
        this.clientLimit = clientLimit;
    }

    /** A budget of which one client gets at most half. */
    static SharedBudget halvedForClients(long limit) {
        return new SharedBudget(limit, limit / 2);
    }

    private record Waiter(String client, long amount, CompletableFuture<Share> turn) {}

    /** The share that one request holds; closing it twice releases it once. */
    public final class Share implements AutoCloseable {
        private final String client;
        private long amount;

        private Share(String client, long amount) {
            this.client = client;
            this.amount = amount;
        }

        /**
         * Grows the share to {@code wanted} in total if that is free now; otherwise returns false and changes nothing.
         */
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

        /** Releases the part that the request does not need. */
        public void shrinkTo(long wanted) {
            giveBack(this, wanted);
        }

        @Override
        public void close() {
            giveBack(this, 0);
        }
    }

    /**
     * Takes {@code amount}, limited to the share of one client.
     *
     * @return fails with {@link TimeoutException} if it does not become free within {@code maxWait}
     */
    public CompletableFuture<Share> take(String client, long amount, Duration maxWait) {
        long wanted = Math.min(amount, clientLimit);
        Waiter waiter;
        synchronized (this) {
            if (waiters.isEmpty() && fits(client, wanted)) {
                return CompletableFuture.completedFuture(grant(client, wanted));
            }
            if (maxWait.isZero()) {
                return CompletableFuture.failedFuture(new TimeoutException());
            }
            waiter = new Waiter(client, wanted, new CompletableFuture<>());
            waiters.add(waiter);
        }
        waiter.turn().orTimeout(maxWait.toMillis(), TimeUnit.MILLISECONDS).whenComplete((share, failure) -> {
            if (failure != null) {
                synchronized (this) {
                    waiters.remove(waiter);
                }
                serveWaiters(); // the next one may fit
            }
        });
        serveWaiters(); // it may fit even if earlier ones wait for the limit of their client
        return waiter.turn();
    }

    /** An empty share, to be grown later. */
    public Share none(String client) {
        return new Share(client, 0);
    }

    /** The amount in use. */
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
     * Serves waiters whose shares fit now. Completing one may release a share at once, which calls this again; the
     * outer call then continues the loop, so that thousands of immediate failures do not overflow the stack.
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

    /** The first waiter whose share fits; null if there is none, or if an earlier one waits for the total limit. */
    private @Nullable Waiter takeNext() {
        Set<String> passedOver = new HashSet<>();
        for (Iterator<Waiter> each = waiters.iterator(); each.hasNext(); ) {
            Waiter waiter = each.next();
            if (passedOver.contains(waiter.client())) {
                continue; // otherwise its large share would starve behind its small ones
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
