package dev.trainyard.predictor.models;

import dev.trainyard.artifact.ArtifactStore;
import dev.trainyard.message.ModelQuarantine;
import dev.trainyard.message.PredictReply.Reason;
import dev.trainyard.message.PredictReply.Unavailable;
import dev.trainyard.message.PredictorStatus;
import dev.trainyard.predictor.PredictorMetrics;
import dev.trainyard.predictor.crash.NativeCallGuard;
import dev.trainyard.predictor.crash.QuarantinedModels;
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

/**
 * The models that requests are answered with. The versions in production of some names are always in memory; every other
 * version is loaded once it is asked for, and none in quarantine. For any threads.
 */
public final class ServedModels implements AutoCloseable {
    /** How long a version that is not known yet is waited for: its record may be on its way. */
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
     * @param memory that all models may take together, bytes
     * @param preloaded names whose versions in production are loaded before they are asked for, and stay
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

    /** What to answer a request with; {@code version} null for the one in production. */
    public ModelLookup find(String name, Integer version) {
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

    /** Empty if it has to be loaded first. */
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
                                + "POST /api/v1/models/%s/versions/%d/release-quarantine has it tried again.")
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
            return inProduction(name); // another was put in production meanwhile, and this one has made room
        }
        return found.orElseGet(() -> loader.load(file));
    }

    private ModelFile file(ModelKey key) {
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

    /** The version in production, 0 for none. */
    public int version(String name) {
        ModelFile file = production.get(name);
        return file == null ? 0 : file.version();
    }

    /** Whether the version in production of this name is loaded before it is asked for. */
    boolean isPreloaded(String name) {
        return preloaded.contains(name);
    }

    /** Whether the version in production of this name is in memory. */
    boolean isServing(String name) {
        ModelFile file = production.get(name);
        return file != null && cache.contains(file);
    }

    /** Whether a file of so many bytes has room beside the models that stay. */
    boolean fits(long fileBytes) {
        return cache.pinnedBytes() + LoadedModel.estimate(fileBytes) <= cache.limit();
    }

    /** From now on {@code file} is in production, and loaded once it is asked for. */
    synchronized void serveOnDemand(ModelFile file) {
        swap(file);
    }

    /** Keeps for operators what is wrong with {@code file}; returns it as a sentence. */
    String recordFailure(ModelFile file, Exception failure) {
        return problems.add(file, failure);
    }

    /** Versions that could not be loaded when they were last tried. */
    public List<PredictorStatus.Problem> problems() {
        return problems.list();
    }

    public long memoryLimit() {
        return cache.limit();
    }

    public long memoryHeld() {
        return cache.held();
    }

    /** Reads and loads a file that may be loaded; it is not served by that. */
    LoadedModel read(ModelFile file) throws IOException, UnusableModelException {
        LoadedModel model = reader.read(file);
        problems.remove(file);
        return model;
    }

    /** Lets go of what runs this file; what is to stay in memory is loaded again at once, all else when it is asked for. */
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

    /** Whether {@code file} is loaded before it is asked for, and stays. */
    private boolean isPinned(ModelFile file) {
        return isPreloaded(file.name()) && file.equals(production.get(file.name()));
    }

    /** Puts a version in production that is in memory; false if it is not. */
    synchronized boolean serve(ModelFile file) {
        boolean there = isPreloaded(file.name()) ? cache.pin(file) : cache.contains(file);
        if (there) {
            swap(file);
        }
        return there;
    }

    /** From now on {@code model} is in production; the one before it may go when room is wanted. */
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

    /** Nothing of this name is in production any more. */
    synchronized void remove(String name) {
        ModelFile before = production.remove(name);
        if (before != null) {
            cache.unpin(before);
        }
    }

    /** A version that may be asked for. */
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

    /** Loads a version before anybody asks for it, if those of its name are. */
    void preload(ModelFile file) {
        if (isPreloaded(file.name()) && reader.quarantine(file).isEmpty() && !cache.contains(file)) {
            loader.load(file);
        }
    }

    /** Makes room for a model of so many bytes in its file that comes in any case. */
    void makeRoomFor(long fileBytes) {
        cache.shrinkFor(LoadedModel.estimate(fileBytes));
    }

    /** The version was deleted. */
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

    /** What loads models that are asked for; to be run by a thread. */
    public Runnable loader() {
        return loader;
    }

    /** Runs what it is given on the loading thread, before anything is let go for the next load. */
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
