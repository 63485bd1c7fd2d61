package dev.trainyard.predictor.models;

import dev.trainyard.artifact.ArtifactStore;
import dev.trainyard.message.ModelQuarantine;
import dev.trainyard.message.PredictReply.Reason;
import dev.trainyard.message.PredictReply.Unavailable;
import dev.trainyard.message.PredictorStatus;
import dev.trainyard.predictor.crash.NativeCallGuard;
import dev.trainyard.predictor.crash.QuarantinedModels;
import dev.trainyard.predictor.runtime.PredictorMetrics;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Models available for requests. Production versions of preloaded names are always in memory; all others are loaded on
 * demand, except quarantined ones. Thread-safe.
 */
public final class ServedModels implements AutoCloseable {
    /** Time to wait for an unknown version, whose record may be on its way. */
    static final Duration UNKNOWN_LIMIT = Duration.ofSeconds(1);

    private static final int MAX_UNKNOWN = 1_000;

    private final ModelCache<LoadedModel> cache;
    private final ModelLoader<LoadedModel> loader;
    private final ModelReader reader;
    private final ModelProblems problems;
    private final Set<String> preloaded;
    private final Clock clock;
    private final Map<String, ModelFile> production = new ConcurrentHashMap<>();
    private final Map<ModelKey, ModelFile> versions = new ConcurrentHashMap<>();
    private final Map<ModelKey, Unknown> unknown = new ConcurrentHashMap<>();

    private record ModelKey(String name, int version) {}

    private record Unknown(Instant since, CompletableFuture<Void> registered) {}

    /**
     * @param memory memory limit of all models, in bytes
     * @param preloaded names whose production versions are loaded in advance and pinned
     */
    public ServedModels(
            long memory,
            Set<String> preloaded,
            ArtifactStore artifacts,
            QuarantinedModels quarantine,
            NativeCallGuard calls,
            Clock clock,
            PredictorMetrics metrics) {
        this.cache = new ModelCache<>(memory);
        this.preloaded = Set.copyOf(preloaded);
        this.reader = new ModelReader(artifacts, quarantine, calls);
        this.problems = new ModelProblems(clock);
        this.loader = new ModelLoader<>(cache, reader::read, this::isPinned, clock, metrics, problems);
        this.clock = clock;
        quarantine.onChange(this::quarantineChanged);
        metrics.showModels(cache::size, cache::held, cache::evictions);
    }

    /** Finds the model for a request; {@code version} is null for the production version. */
    public ModelLookup find(String name, @Nullable Integer version) {
        if (version == null) {
            return inProduction(name);
        }
        ModelFile file = file(new ModelKey(name, version));
        if (file == null) {
            return unknown(new ModelKey(name, version));
        }
        return loaded(file);
    }

    private ModelLookup loaded(ModelFile file) {
        return immediately(file).orElseGet(() -> loader.load(file));
    }

    /** Empty if the model must be loaded first. */
    private Optional<ModelLookup> immediately(ModelFile file) {
        Optional<ModelQuarantine> quarantine = reader.quarantine(file);
        if (quarantine.isPresent()) {
            if (reader.isLocal(quarantine.get())) {
                problems.add(
                        file,
                        new UnusableModelException("%s ended with %s while it ran"
                                .formatted(
                                        quarantine.get().predictor(),
                                        quarantine.get().cause())));
            }
            return Optional.of(new ModelLookup.NotAvailable(quarantined(file, quarantine.get())));
        }
        return cache.acquire(file).map(ModelLookup.Ready::new);
    }

    private static Unavailable quarantined(ModelFile file, ModelQuarantine why) {
        return new Unavailable(
                Reason.MODEL_UNAVAILABLE,
                ("Version %d of model %s is quarantined: %s ended with %s while it ran, at %s. "
                                + "Point the alias to another version or delete this one; "
                                + "POST /api/v1/models/%s/versions/%d/release-quarantine releases it.")
                        .formatted(
                                file.version(),
                                file.name(),
                                why.predictor(),
                                why.cause(),
                                why.at(),
                                file.name(),
                                file.version()));
    }

    private ModelLookup inProduction(String name) {
        ModelFile file = production.get(name);
        if (file == null) {
            return new ModelLookup.NotAvailable(new Unavailable(
                    Reason.NO_ACTIVE_MODEL,
                    "No version of model %s is in production; promote one, or train one with save_weights."
                            .formatted(name)));
        }
        Optional<ModelLookup> found = immediately(file);
        if (found.isEmpty() && !file.equals(production.get(name))) {
            return inProduction(name); // another version was put in production meanwhile
        }
        return found.orElseGet(() -> loader.load(file));
    }

    private @Nullable ModelFile file(ModelKey key) {
        ModelFile active = production.get(key.name());
        return active != null && active.version() == key.version() ? active : versions.get(key);
    }

    private ModelLookup unknown(ModelKey key) {
        Instant now = clock.instant();
        if (unknown.size() > MAX_UNKNOWN) {
            unknown.values().removeIf(one -> one.registered().isDone());
        }
        Unknown waited = unknown.compute(key, (same, before) -> {
            boolean again = before != null && now.isBefore(before.since().plus(UNKNOWN_LIMIT.multipliedBy(10)));
            return again
                    ? before
                    : new Unknown(
                            now,
                            new CompletableFuture<Void>()
                                    .completeOnTimeout(null, UNKNOWN_LIMIT.toMillis(), TimeUnit.MILLISECONDS));
        });
        return now.isBefore(waited.since().plus(UNKNOWN_LIMIT))
                ? new ModelLookup.Loading(waited.registered())
                : new ModelLookup.NotAvailable(new Unavailable(
                        Reason.UNKNOWN_VERSION,
                        "No predictor knows version %d of model %s; it may be new or deleted."
                                .formatted(key.version(), key.name())));
    }

    /** The production version; 0 for none. */
    public int version(String name) {
        ModelFile file = production.get(name);
        return file == null ? 0 : file.version();
    }

    /** Returns true if the production version of this name is preloaded. */
    boolean isPreloaded(String name) {
        return preloaded.contains(name);
    }

    /** Returns true if the production version of this name is in memory. */
    boolean isServing(String name) {
        ModelFile file = production.get(name);
        return file != null && cache.contains(file);
    }

    /** Returns true if a file of this size fits next to the pinned models. */
    boolean fits(long fileBytes) {
        return cache.pinnedBytes() + LoadedModel.estimate(fileBytes) <= cache.limit();
    }

    /** Puts {@code file} in production; it is loaded on demand. */
    synchronized void serveOnDemand(ModelFile file) {
        swap(file);
    }

    /** Records the problem of {@code file} for operators; returns it as a sentence. */
    String recordFailure(ModelFile file, Exception failure) {
        return problems.add(file, failure);
    }

    /** Versions that could not be loaded at the last attempt. */
    public List<PredictorStatus.Problem> problems() {
        return problems.list();
    }

    public long memoryLimit() {
        return cache.limit();
    }

    public long memoryHeld() {
        return cache.held();
    }

    /** Reads and loads a file without serving it. */
    LoadedModel read(ModelFile file) throws IOException, UnusableModelException {
        LoadedModel model = reader.read(file);
        problems.remove(file);
        return model;
    }

    /** Unloads models that use this file. Pinned ones are reloaded at once, others on demand. */
    private void quarantineChanged(String sha256) {
        for (ModelFile file : cache.files()) {
            if (consistsOf(file, sha256)) {
                cache.remove(file);
            }
        }
        loader.retryAll();
        for (ModelFile file : production.values()) {
            if (consistsOf(file, sha256)) {
                preload(file);
            }
        }
    }

    private static boolean consistsOf(ModelFile file, String sha256) {
        return file.onnx().sha256().equals(sha256)
                || file.variantOf() != null && file.variantOf().sha256().equals(sha256);
    }

    /** Returns true if {@code file} is preloaded and pinned. */
    private boolean isPinned(ModelFile file) {
        return isPreloaded(file.name()) && file.equals(production.get(file.name()));
    }

    /** Puts a loaded version in production; false if it is not loaded. */
    synchronized boolean serve(ModelFile file) {
        boolean there = isPreloaded(file.name()) ? cache.pin(file) : cache.contains(file);
        if (there) {
            swap(file);
        }
        return there;
    }

    /** Puts {@code model} in production and unpins the previous one. */
    synchronized void serve(ModelFile file, LoadedModel model) {
        cache.put(file, model, isPreloaded(file.name()));
        swap(file);
    }

    private void swap(ModelFile file) {
        ModelFile before = production.put(file.name(), file);
        if (before != null && !before.equals(file)) {
            cache.unpin(before);
        }
    }

    /** Removes the production version of this name. */
    synchronized void remove(String name) {
        ModelFile before = production.remove(name);
        if (before != null) {
            cache.unpin(before);
        }
    }

    /** Registers a version that requests may use. */
    synchronized void register(ModelFile file) {
        ModelKey key = new ModelKey(file.name(), file.version());
        ModelFile before = versions.put(key, file);
        if (before != null && !before.equals(file)) {
            release(before);
        }
        Unknown waited = unknown.remove(key);
        if (waited != null) {
            waited.registered().complete(null);
        }
    }

    /** Loads a version in advance if its name is preloaded. */
    void preload(ModelFile file) {
        if (isPreloaded(file.name()) && reader.quarantine(file).isEmpty() && !cache.contains(file)) {
            loader.load(file);
        }
    }

    /** Evicts models for a file of this size that will be loaded in any case. */
    void makeRoomFor(long fileBytes) {
        cache.shrinkFor(LoadedModel.estimate(fileBytes));
    }

    /** Unregisters a deleted version. */
    synchronized void unregister(String name, int version) {
        ModelFile before = versions.remove(new ModelKey(name, version));
        if (before != null) {
            release(before);
        }
    }

    private void release(ModelFile file) {
        loader.forget(file);
        if (!file.equals(production.get(file.name()))) {
            cache.remove(file);
        }
    }

    /** The loading task; to be run by a thread. */
    public Runnable loader() {
        return loader;
    }

    /** Executor of the loading thread; its tasks run before models are evicted for the next load. */
    public Executor loadingThread() {
        return loader::runFirst;
    }

    @Override
    public void close() {
        loader.close();
        production.clear();
        versions.clear();
        cache.close();
    }
}
