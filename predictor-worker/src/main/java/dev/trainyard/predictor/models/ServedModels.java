package dev.trainyard.predictor.models;

import dev.trainyard.artifact.ArtifactStore;
import dev.trainyard.message.PredictReply.Reason;
import dev.trainyard.message.PredictReply.Unavailable;
import dev.trainyard.predictor.PredictorMetrics;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * The models that requests are answered with: of each name the version in production, always in memory, and any other
 * version once somebody asks for it. For any threads.
 */
public final class ServedModels implements AutoCloseable {
    /** How long a version that is not known yet is waited for: its record may be on its way. */
    static final Duration UNKNOWN_LIMIT = Duration.ofSeconds(1);

    private static final int MOST_UNKNOWN = 1_000;

    private final ModelCache<LoadedModel> cache;
    private final ColdModels<LoadedModel> cold;
    private final Clock clock;
    private final Map<String, ModelFile> production = new ConcurrentHashMap<>();
    private final Map<Asked, ModelFile> versions = new ConcurrentHashMap<>();
    private final Map<Asked, Unknown> unknown = new ConcurrentHashMap<>();

    private record Asked(String name, int version) {}

    private record Unknown(Instant since, CompletableFuture<Void> heard) {}

    /** @param memory that all models may take together, bytes */
    public ServedModels(long memory, ArtifactStore artifacts, Clock clock, PredictorMetrics metrics) {
        this.cache = new ModelCache<>(memory);
        this.cold = new ColdModels<>(cache, new ModelReader(artifacts)::read, clock, metrics);
        this.clock = clock;
        metrics.showModels(cache::size, cache::held, cache::evictions);
    }

    /** What to answer a request with; {@code version} null for the one in production. */
    public Lookup find(String name, Integer version) {
        if (version == null) {
            return inProduction(name);
        }
        ModelFile file = file(new Asked(name, version));
        if (file == null) {
            return unknown(new Asked(name, version));
        }
        Optional<Lookup> ready = cache.acquire(file).map(Lookup.Ready::new);
        return ready.orElseGet(() -> cold.load(file));
    }

    private Lookup inProduction(String name) {
        while (true) {
            ModelFile file = production.get(name);
            if (file == null) {
                return new Lookup.Missing(new Unavailable(
                        Reason.NO_ACTIVE_MODEL,
                        "No version of model %s is active; train one with save_weights or activate one."
                                .formatted(name)));
            }
            var lease = cache.acquire(file);
            if (lease.isPresent()) {
                return new Lookup.Ready(lease.get());
            }
            // It was swapped and let go between the two calls: its successor is in production by now.
        }
    }

    private ModelFile file(Asked asked) {
        ModelFile active = production.get(asked.name());
        return active != null && active.version() == asked.version() ? active : versions.get(asked);
    }

    private Lookup unknown(Asked asked) {
        Instant now = clock.instant();
        if (unknown.size() > MOST_UNKNOWN) {
            unknown.values().removeIf(one -> one.heard().isDone());
        }
        Unknown waited = unknown.compute(asked, (key, before) -> {
            boolean again = before != null && now.isBefore(before.since().plus(UNKNOWN_LIMIT.multipliedBy(10)));
            return again
                    ? before
                    : new Unknown(
                            now,
                            new CompletableFuture<Void>()
                                    .completeOnTimeout(null, UNKNOWN_LIMIT.toMillis(), TimeUnit.MILLISECONDS));
        });
        return now.isBefore(waited.since().plus(UNKNOWN_LIMIT))
                ? new Lookup.Coming(waited.heard())
                : new Lookup.Missing(new Unavailable(
                        Reason.UNKNOWN_VERSION,
                        "No predictor knows version %d of model %s; it may be new or deleted."
                                .formatted(asked.version(), asked.name())));
    }

    /** The version in production, 0 for none. */
    public int version(String name) {
        ModelFile file = production.get(name);
        return file == null ? 0 : file.version();
    }

    /** Puts a version in production that is in memory; false if it is not. */
    synchronized boolean serve(ModelFile file) {
        boolean there = cache.pin(file);
        if (there) {
            swap(file);
        }
        return there;
    }

    /** From now on {@code model} is in production; the one before it may go when room is wanted. */
    synchronized void serve(ModelFile file, LoadedModel model) {
        cache.put(file, model, true);
        swap(file);
    }

    private void swap(ModelFile file) {
        ModelFile before = production.put(file.name(), file);
        if (before != null && !before.equals(file)) {
            cache.unpin(before);
        }
    }

    /** Nothing of this name is in production any more. */
    synchronized void remove(String name) {
        ModelFile before = production.remove(name);
        if (before != null) {
            cache.unpin(before);
        }
    }

    /** A version that may be asked for. */
    synchronized void know(ModelFile file) {
        Asked key = new Asked(file.name(), file.version());
        ModelFile before = versions.put(key, file);
        if (before != null && !before.equals(file)) {
            letGo(before);
        }
        Unknown waited = unknown.remove(key);
        if (waited != null) {
            waited.heard().complete(null);
        }
    }

    /** Loads a version before anybody asks for it. */
    void warm(ModelFile file) {
        if (!cache.contains(file)) {
            cold.load(file);
        }
    }

    /** Makes room for a model of so many bytes in its file that comes in any case. */
    void expect(long fileBytes) {
        cache.shrinkFor(LoadedModel.estimate(fileBytes));
    }

    /** The version was deleted. */
    synchronized void forget(String name, int version) {
        ModelFile before = versions.remove(new Asked(name, version));
        if (before != null) {
            letGo(before);
        }
    }

    private void letGo(ModelFile file) {
        cold.forget(file);
        if (!file.equals(production.get(file.name()))) {
            cache.remove(file);
        }
    }

    /** What loads models that are asked for; to be run by a thread. */
    public Runnable loader() {
        return cold;
    }

    /** Runs what it is given on the loading thread, before anything is let go for the next load. */
    public Executor soon() {
        return cold::soon;
    }

    @Override
    public void close() {
        cold.close();
        production.clear();
        versions.clear();
        cache.close();
    }
}
