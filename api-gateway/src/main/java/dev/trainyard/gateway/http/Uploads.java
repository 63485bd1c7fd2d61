package dev.trainyard.gateway.http;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts the bodies that are arriving: of each client and in all. */
final class Uploads {
    private final int limit;
    private final int clientLimit;
    private final AtomicInteger all = new AtomicInteger();
    private final Map<String, Integer> clients = new ConcurrentHashMap<>();

    Uploads(int limit, int clientLimit) {
        this.limit = limit;
        this.clientLimit = clientLimit;
    }

    enum Admission {
        ADMITTED,
        CLIENT_FULL,
        ALL_FULL
    }

    /** Counts one more; one that is admitted is followed by {@link #end}. */
    Admission begin(String client) {
        if (all.incrementAndGet() > limit) {
            all.decrementAndGet();
            return Admission.ALL_FULL;
        }
        if (clients.merge(client, 1, Integer::sum) > clientLimit) {
            end(client);
            return Admission.CLIENT_FULL;
        }
        return Admission.ADMITTED;
    }

    void end(String client) {
        all.decrementAndGet();
        clients.computeIfPresent(client, (name, count) -> count == 1 ? null : count - 1);
    }

    int open() {
        return all.get();
    }

    int limit() {
        return limit;
    }

    int clientLimit() {
        return clientLimit;
    }
}
