package dev.trainyard.predictor.models;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Cache of loaded models with a memory limit and LRU eviction; pinned models stay. An evicted model in use is closed
 * after its last use and counted until then. Thread-safe.
 */
final class ModelCache<M extends CachedModel> implements AutoCloseable {
    /** Runs of full batches are shorter; a longer use has hung. */
    private static final Duration USE_LIMIT = Duration.ofSeconds(10);

    private final long limit;
    /** Available models, least recently used first. */
    private final Map<ModelFile, Entry<M>> entries = new LinkedHashMap<>(16, 0.75f, true);
    /** Bytes of all models that are not closed. */
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

    /** A lease on a model, which is not closed before the lease. */
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

    /** Acquires a model; empty if it is not loaded. */
    synchronized Optional<Lease> acquire(ModelFile file) {
        Entry<M> entry = entries.get(file);
        if (entry == null) {
            return Optional.empty();
        }
        entry.users++;
        return Optional.of(new Lease(entry));
    }

    /**
     * Evicts models until {@code bytes} fit, and waits for those in use to be released.
     *
     * @return false if they do not fit next to the pinned models
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

    /** Adds {@code model}, or closes it if the file is already cached; may evict others. */
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

    /** Pins a model; false if it is not loaded. */
    synchronized boolean pin(ModelFile file) {
        Entry<M> entry = entries.get(file);
        if (entry != null) {
            entry.pinned = true;
        }
        return entry != null;
    }

    /** Unpins a model, which may then be evicted. */
    void unpin(ModelFile file) {
        synchronized (this) {
            Entry<M> entry = entries.get(file);
            if (entry != null) {
                entry.pinned = false;
            }
        }
        shrinkFor(0);
    }

    /** Evicts models for {@code bytes} that will be added whether they fit or not. */
    void shrinkFor(long bytes) {
        List<Entry<M>> unused;
        synchronized (this) {
            unused = evictFor(bytes, null);
        }
        free(unused);
    }

    /** Removes a model; it is closed after its last use. */
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

    /** Available models. */
    synchronized List<ModelFile> files() {
        return List.copyOf(entries.keySet());
    }

    /** Number of available models. */
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

    /** Number of evictions. */
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

    /** Removes models for {@code bytes}, least recently used first and never {@code kept}; returns the unused ones. */
    private List<Entry<M>> evictFor(long bytes, @Nullable Entry<M> kept) {
        List<Entry<M>> going = new ArrayList<>();
        // whether in use or not: models already evicted will release their memory soon
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

    /** Closes models outside of the lock, because it takes a while. */
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
