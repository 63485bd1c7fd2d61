package dev.trainyard.predictor.models;

import dev.trainyard.message.PredictReply.Reason;
import dev.trainyard.message.PredictReply.Unavailable;
import dev.trainyard.predictor.runtime.PredictorMetrics;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads models on demand, one after the other in a thread of its own, so that loaded models are not delayed. After a
 * failure, a model is retried with increasing delay.
 */
final class ModelLoader<M extends CachedModel> implements Runnable, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ModelLoader.class);
    static final Duration FIRST_RETRY = Duration.ofMillis(500);
    static final Duration LAST_RETRY = Duration.ofSeconds(30);

    /** Reads a model from its file. */
    interface Reader<M> {
        M read(ModelFile file) throws IOException, UnusableModelException;
    }

    private record Failure(String why, Instant retryAt, Duration pause) {}

    private final ModelCache<M> cache;
    private final Reader<M> reader;
    /** Decides which models are pinned in memory. */
    private final Predicate<ModelFile> pinned;

    private final Clock clock;
    private final PredictorMetrics metrics;
    private final ModelProblems problems;
    private final BlockingDeque<Runnable> work = new LinkedBlockingDeque<>();
    private final Map<ModelFile, CompletableFuture<Void>> loading = new HashMap<>();
    private final Map<ModelFile, Failure> failures = new HashMap<>();
    private volatile boolean closed;

    ModelLoader(
            ModelCache<M> cache,
            Reader<M> reader,
            Predicate<ModelFile> pinned,
            Clock clock,
            PredictorMetrics metrics,
            ModelProblems problems) {
        this.pinned = pinned;
        this.problems = problems;
        this.cache = cache;
        this.reader = reader;
        this.clock = clock;
        this.metrics = metrics;
    }

    /** Schedules the load of {@code file}, unless it failed recently. */
    synchronized ModelLookup load(ModelFile file) {
        Failure failure = failures.get(file);
        if (failure != null && clock.instant().isBefore(failure.retryAt())) {
            return new ModelLookup.NotAvailable(new Unavailable(
                    Reason.MODEL_UNAVAILABLE,
                    "Version %d of model %s cannot be loaded: %s Put that right, point the alias to another version, or delete the version; it is tried again within %d s."
                            .formatted(
                                    file.version(),
                                    file.name(),
                                    failure.why(),
                                    Math.max(1, failure.pause().toSeconds()))));
        }
        return new ModelLookup.Loading(loading.computeIfAbsent(file, cold -> {
            CompletableFuture<Void> settled = new CompletableFuture<>();
            work.addLast(() -> loadNow(cold, settled));
            return settled;
        }));
    }

    /** Removes the failures of a file that is no longer in use. */
    synchronized void forget(ModelFile file) {
        failures.remove(file);
        problems.remove(file);
    }

    /** Makes the next request of each failed model try again. */
    synchronized void retryAll() {
        failures.clear();
    }

    /**
     * Runs {@code task} on the loading thread before the next load, while the last loaded model is still in memory.
     */
    void runFirst(Runnable task) {
        work.addFirst(task);
    }

    private void loadNow(ModelFile file, CompletableFuture<Void> settled) {
        String failure = closed ? "the predictor ends." : tryToLoad(file);
        synchronized (this) {
            loading.remove(file);
            if (failure == null) {
                failures.remove(file);
            } else {
                Failure before = failures.get(file);
                Duration pause = before == null ? FIRST_RETRY : before.pause().multipliedBy(2);
                pause = pause.compareTo(LAST_RETRY) < 0 ? pause : LAST_RETRY;
                failures.put(file, new Failure(failure, clock.instant().plus(pause), pause));
            }
        }
        settled.complete(null);
    }

    /** Returns null on success, otherwise the reason as a sentence. */
    private @Nullable String tryToLoad(ModelFile file) {
        try {
            if (cache.contains(file)) {
                return null;
            }
            if (!cache.makeRoom(LoadedModel.estimate(file.onnx().size()))) {
                metrics.modelNotLoaded(file.name());
                long bytes = LoadedModel.estimate(file.onnx().size());
                return problems.addTooLarge(file, bytes, cache.limit(), cache.pinnedBytes())
                        + " Raise it, or serve the model elsewhere.";
            }
            M model = reader.read(file);
            boolean pin = pinned.test(file);
            cache.put(file, model, pin);
            if (pin && !pinned.test(file)) {
                cache.unpin(file); // another version was put in production meanwhile
            }
            problems.remove(file);
            LOG.info("model {} version {} is loaded", file.name(), file.version());
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "the predictor ends.";
        } catch (IOException | UnusableModelException | RuntimeException e) {
            metrics.modelNotLoaded(file.name());
            LOG.error("model {} version {} cannot be loaded: {}", file.name(), file.version(), e.toString());
            return problems.add(file, e);
        }
    }

    @Override
    public void run() {
        try {
            while (!closed) {
                Runnable next = work.take();
                try {
                    next.run();
                } catch (RuntimeException e) {
                    // the thread serves all models and must survive a failed task
                    LOG.error("a task of the loading thread failed", e);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends {@link #run} after the current task. */
    @Override
    public void close() {
        closed = true;
        runFirst(() -> LOG.debug("woken to stop"));
    }
}
