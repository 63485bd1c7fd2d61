package dev.trainyard.gateway.http;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Bodies that are being received, limited for each client and in total. If there are too many, the one that started
 * first is cancelled, unless all have only just started: prompt senders must not suffer from slow ones.
 */
final class UploadLimiter {
    private static final long JUST_STARTED_NANOS = 1_000_000_000;

    private final int limit;
    private final int clientLimit;
    private final Map<Upload, String> all = new LinkedHashMap<>();
    private final Map<String, Set<Upload>> clients = new HashMap<>();

    UploadLimiter(int limit, int clientLimit) {
        this.limit = limit;
        this.clientLimit = clientLimit;
    }

    /** One body that is being received. */
    interface Upload {
        /** Start time by {@link System#nanoTime}. */
        long startedAt();

        /** Ends the upload to make room for another; may be called on any thread. */
        void cancel();
    }

    /** Returns true if the upload is admitted; {@link #end} must follow then. */
    boolean begin(String client, Upload upload) {
        Upload oldest = null;
        synchronized (this) {
            Set<Upload> uploads = clients.getOrDefault(client, Set.of());
            if (uploads.size() >= clientLimit) {
                oldest = uploads.iterator().next();
            } else if (all.size() >= limit) {
                oldest = all.keySet().iterator().next();
            }
            if (oldest != null) {
                if (upload.startedAt() - oldest.startedAt() < JUST_STARTED_NANOS) {
                    return false;
                }
                remove(oldest);
            }
            all.put(upload, client);
            clients.computeIfAbsent(client, name -> new LinkedHashSet<>()).add(upload);
        }
        if (oldest != null) {
            oldest.cancel();
        }
        return true;
    }

    synchronized void end(Upload upload) {
        remove(upload);
    }

    private void remove(Upload upload) {
        String client = all.remove(upload);
        if (client != null) {
            Set<Upload> uploads = Objects.requireNonNull(clients.get(client));
            uploads.remove(upload);
            if (uploads.isEmpty()) {
                clients.remove(client);
            }
        }
    }

    synchronized int open() {
        return all.size();
    }
}
