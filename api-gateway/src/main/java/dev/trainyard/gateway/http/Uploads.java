package dev.trainyard.gateway.http;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * The bodies that are arriving: so many of each client and in all. Where there are too many, the one that has been
 * arriving for longest makes room, unless all have only just begun: who sends promptly is not turned away for who does not.
 */
final class Uploads {
    private static final long JUST_BEGUN_NANOS = 1_000_000_000;

    private final int limit;
    private final int clientLimit;
    private final Map<Upload, String> all = new LinkedHashMap<>();
    private final Map<String, Set<Upload>> clients = new HashMap<>();

    Uploads(int limit, int clientLimit) {
        this.limit = limit;
        this.clientLimit = clientLimit;
    }

    /** One body. */
    interface Upload {
        /** By {@link System#nanoTime}. */
        long startedAt();

        /** May be called on any thread. */
        void makeRoom();
    }

    /** Returns whether it is admitted; one that is is followed by {@link #end}. */
    boolean begin(String client, Upload upload) {
        Upload oldest = null;
        synchronized (this) {
            Set<Upload> its = clients.getOrDefault(client, Set.of());
            if (its.size() >= clientLimit) {
                oldest = its.iterator().next();
            } else if (all.size() >= limit) {
                oldest = all.keySet().iterator().next();
            }
            if (oldest != null) {
                if (upload.startedAt() - oldest.startedAt() < JUST_BEGUN_NANOS) {
                    return false;
                }
                remove(oldest);
            }
            all.put(upload, client);
            clients.computeIfAbsent(client, name -> new LinkedHashSet<>()).add(upload);
        }
        if (oldest != null) {
            oldest.makeRoom();
        }
        return true;
    }

    synchronized void end(Upload upload) {
        remove(upload);
    }

    private void remove(Upload upload) {
        String client = all.remove(upload);
        if (client != null) {
            Set<Upload> its = clients.get(client);
            its.remove(upload);
            if (its.isEmpty()) {
                clients.remove(client);
            }
        }
    }

    synchronized int open() {
        return all.size();
    }
}
