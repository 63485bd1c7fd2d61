package dev.trainyard.predictor.models;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Models in memory, at most so many bytes of them; the one that was used longest ago makes room for the next. Pinned ones
 * stay. A model that goes while it is used is closed after its last use, and counts until then. For any threads.
 */
final class ModelCache<M extends CachedModel> implements AutoCloseable {
    /** A run over a whole batch takes less, so a use that lasts longer hangs. */
    private static final Duration USE_LIMIT = Duration.ofSeconds(10);

    private final long limit;
    /** Those that may be acquired, the one used longest ago first. */
    private final Map<ModelFile, Entry<M>> entries = new LinkedHashMap<>(16, 0.75f, true);
    /** Bytes of all that are not closed. */
    private long held;

    private long evictions;
    private boolean closed;

    private static final class Entry<M> {
        private final M model;
        private final long bytes;
        private boolean pinned;
        private boolean gone;
        private int users;

        Entry(M model, long bytes) {
            this.model = model;
            this.bytes = bytes;
        }
    }

    /** @param limit bytes */
    ModelCache(long limit) {
        this.limit = limit;
    }

    /** A model in use; it is not closed before this is. */
    final class Lease implements AutoCloseable {
        private final Entry<M> entry;
        private boolean ended;

        private Lease(Entry<M> entry) {
            this.entry = entry;
        }

        M model() {
            return entry.model;
        }

        @Override
        public void close() {
            boolean last;
            synchronized (ModelCache.this) {
                if (ended) {
                    return;
                }
                ended = true;
                entry.users--;
                last = entry.gone && entry.users == 0;
            }
            if (last) {
                free(List.of(entry));
            }
        }
    }

    /** Takes part in the use of a model; empty if it is not in memory. */
    synchronized Optional<Lease> acquire(ModelFile file) {
        Entry<M> entry = entries.get(file);
        if (entry == null) {
            return Optional.empty();
        }
        entry.users++;
        return Optional.of(new Lease(entry));
    }

    /**
     * Lets go of models until {@code bytes} more fit, and waits for those in use to end.
     *
     * @return false if they do not fit beside the pinned ones
     */
    boolean makeRoom(long bytes) throws InterruptedException {
        long until = System.nanoTime() + USE_LIMIT.toNanos();
        while (true) {
            List<Entry<M>> unused;
            synchronized (this) {
                if (pinnedBytes() + bytes > limit) {
                    return false;
                }
                unused = evictFor(bytes, null);
                if (unused.isEmpty()) {
                    if (held + bytes <= limit) {
                        return true;
                    }
                    long left = (until - System.nanoTime()) / 1_000_000;
                    if (left <= 0) {
                        return false;
                    }
                    wait(left);
                }
            }
            free(unused);
        }
    }

    /** Keeps {@code model}, which is closed instead if there is one of this file already; others may have to go for it. */
    void put(ModelFile file, M model, boolean pinned) {
        List<Entry<M>> unused;
        synchronized (this) {
            Entry<M> added = new Entry<>(model, model.bytes());
            held += added.bytes;
            Entry<M> present = entries.get(file);
            if (closed) {
                unused = List.of(added);
            } else if (present == null) {
                added.pinned = pinned;
                entries.put(file, added);
                unused = evictFor(0, added);
            } else {
                present.pinned |= pinned;
                unused = List.of(added);
            }
        }
        free(unused);
    }

    /** Keeps a model whatever room is wanted; false if it is not in memory. */
    synchronized boolean pin(ModelFile file) {
        Entry<M> entry = entries.get(file);
        if (entry != null) {
            entry.pinned = true;
        }
        return entry != null;
    }

    /** The model may go when room is wanted. */
    void unpin(ModelFile file) {
        synchronized (this) {
            Entry<M> entry = entries.get(file);
            if (entry != null) {
                entry.pinned = false;
            }
        }
        shrinkFor(0);
    }

    /** Lets go of models for {@code bytes} more that come whether they fit or not. */
    void shrinkFor(long bytes) {
        List<Entry<M>> unused;
        synchronized (this) {
            unused = evictFor(bytes, null);
        }
        free(unused);
    }

    /** The model is not handed out any more. */
    void remove(ModelFile file) {
        List<Entry<M>> unused;
        synchronized (this) {
            Entry<M> entry = entries.remove(file);
            unused = entry == null ? List.of() : goneAndUnused(List.of(entry));
        }
        free(unused);
    }

    synchronized boolean contains(ModelFile file) {
        return entries.containsKey(file);
    }

    /** What can be acquired. */
    synchronized List<ModelFile> files() {
        return List.copyOf(entries.keySet());
    }

    /** Number of models that can be acquired. */
    synchronized int size() {
        return entries.size();
    }

    /** Bytes of all models that are not closed yet. */
    synchronized long held() {
        return held;
    }

    synchronized long pinnedBytes() {
        return bytesOf(entries.values().stream().filter(entry -> entry.pinned).toList());
    }

    long limit() {
        return limit;
    }

    /** How many had to go for others. */
    synchronized long evictions() {
        return evictions;
    }

    @Override
    public void close() {
        List<Entry<M>> unused;
        synchronized (this) {
            closed = true;
            unused = goneAndUnused(entries.values());
            entries.clear();
        }
        free(unused);
    }

    /** Takes out what must go for {@code bytes} more, the longest unused first, {@code kept} never; returns the unused. */
    private List<Entry<M>> evictFor(long bytes, Entry<M> kept) {
        List<Entry<M>> going = new ArrayList<>();
        // in use or not: what is going already gives its bytes back soon
        long staying = bytesOf(entries.values());
        var oldest = entries.values().iterator();
        while (staying + bytes > limit && oldest.hasNext()) {
            Entry<M> entry = oldest.next();
            if (!entry.pinned && entry != kept) {
                oldest.remove();
                staying -= entry.bytes;
                going.add(entry);
            }
        }
        evictions += going.size();
        return goneAndUnused(going);
    }

    private static <M> List<Entry<M>> goneAndUnused(Collection<Entry<M>> going) {
        going.forEach(entry -> entry.gone = true);
        return going.stream().filter(entry -> entry.users == 0).toList();
    }

    private static <M> long bytesOf(Collection<Entry<M>> entries) {
        return entries.stream().mapToLong(entry -> entry.bytes).sum();
    }

    /** Outside of the lock, as it takes a while. */
    private void free(List<Entry<M>> unused) {
        for (Entry<M> entry : unused) {
            try {
                entry.model.close();
            } finally {
                synchronized (this) {
                    held -= entry.bytes;
                    notifyAll();
                }
            }
        }
    }
}
