package dev.trainyard.gateway.predictions;

import dev.trainyard.gateway.models.ModelRouter;
import dev.trainyard.gateway.models.ModelSelector;
import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.message.PredictReply.Reason;
import dev.trainyard.message.PredictReply.Unavailable;
import dev.trainyard.message.PredictReply;
import dev.trainyard.message.Versioned;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** Sends a picture to the version that the client selected, or that the model's route selects. */
@Singleton
public final class RoutedPredictor {
    private final ModelRouter routes;
    private final PredictorClient predictions;
    private final ShadowRequests shadows;
    /** Threads that may block on the database. */
    private final Executor workers = Infrastructure.getDefaultWorkerPool();

    RoutedPredictor(ModelRouter routes, PredictorClient predictions, ShadowRequests shadows) {
        this.routes = routes;
        this.predictions = predictions;
        this.shadows = shadows;
    }

    /** @param alias that selected the version; null if the client named a version */
    public record RoutedReply(PredictReply reply, String alias) {}

    /**
     * Predicts the digit on {@code input}.
     *
     * @param limit longest wait for the reply
     * @return fails as {@link PredictorClient#predict} does, and with a {@link ProblemException} if there is no such
     *     model, version or alias
     */
    public CompletableFuture<RoutedReply> predict(PredictionInput input, ModelSelector selector, Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        Optional<ModelRouter.Target> target = routes.select(selector);
        if (target.isPresent()) {
            return predict(input, selector, target.get(), deadline);
        }
        return CompletableFuture.supplyAsync(() -> refreshAndSelect(selector), workers)
                .thenCompose(found -> predict(input, selector, found, deadline));
    }

    /**
     * Selects one version for several pictures or an asynchronous request: the named one, else production. May block on
     * the database.
     *
     * @throws ProblemException if there is no such model, version or alias
     */
    public ModelRouter.Target selectOne(ModelSelector selector) {
        boolean named = selector.version() != null || selector.alias() != null;
        ModelSelector one = named ? selector : new ModelSelector(selector.model(), null, ModelRouter.PRODUCTION);
        return routes.select(one).orElseGet(() -> refreshAndSelect(one));
    }

    /** Reads the registry again, because another gateway may have just published the version. */
    private ModelRouter.Target refreshAndSelect(ModelSelector selector) {
        routes.refresh();
        return routes.select(selector).orElseThrow(() -> routes.notFound(selector));
    }

    private CompletableFuture<RoutedReply> predict(
            PredictionInput input, ModelSelector selector, ModelRouter.Target target, long deadline) {
        Duration left = left(deadline);
        boolean canary = target.isCanary(selector);
        // half of the time, so that production can still answer if the canary does not, for example while it is loaded
        CompletableFuture<PredictReply> reply = predictions.predict(
                new PredictionRequest(input, target.model(), target.version()), canary ? left.dividedBy(2) : left);
        if (target.shadow() != null) {
            shadows.follow(input, target.model(), target.shadow(), reply);
        }
        if (target.version() == null) {
            return reply.thenApply(actual -> new RoutedReply(actual, target.alias()));
        }
        CompletableFuture<PredictReply> received = canary ? reply.exceptionally(RoutedPredictor::onTimeout) : reply;
        return received.thenCompose(
                        actual -> retryIfUnavailable(input, selector, target, requireVersion(actual, target), deadline))
                .orTimeout(left.toMillis(), TimeUnit.MILLISECONDS);
    }

    private CompletableFuture<RoutedReply> retryIfUnavailable(
            PredictionInput input,
            ModelSelector selector,
            ModelRouter.Target target,
            PredictReply actual,
            long deadline) {
        RoutedReply answer = new RoutedReply(actual, target.alias());
        if (!(actual.outcome() instanceof Unavailable unavailable)) {
            return CompletableFuture.completedFuture(answer);
        }
        if (target.isCanary(selector)) {
            // the client did not select the canary, so production answers if the canary cannot be loaded
            return onWorker(() -> predictions
                    .predict(new PredictionRequest(input, target.model(), null), left(deadline))
                    .thenApply(reply -> new RoutedReply(reply, ModelRouter.PRODUCTION)));
        }
        if (unavailable.reason() == Reason.UNKNOWN_VERSION) {
            // another gateway may have just deleted the version or moved the alias
            return onWorker(() -> {
                ModelRouter.Target again = refreshAndSelect(selector);
                return target.version().equals(again.version())
                        ? CompletableFuture.completedFuture(answer)
                        : predictions
                                .predict(new PredictionRequest(input, again.model(), again.version()), left(deadline))
                                .thenApply(reply -> new RoutedReply(reply, again.alias()));
            });
        }
        return CompletableFuture.completedFuture(answer);
    }

    /** Treats a canary that does not reply in time like one that cannot be loaded. */
    private static PredictReply onTimeout(Throwable failure) {
        if (failure instanceof TimeoutException) {
            return new PredictReply(
                    Versioned.CURRENT, new Unavailable(Reason.MODEL_UNAVAILABLE, "It did not reply in time."));
        }
        throw new CompletionException(failure);
    }

    private static Duration left(long deadline) {
        return Duration.ofNanos(Math.max(1_000_000, deadline - System.nanoTime()));
    }

    /** Runs {@code attempt} on a worker thread, because it may block on the database. */
    private CompletableFuture<RoutedReply> onWorker(Supplier<CompletableFuture<RoutedReply>> attempt) {
        return CompletableFuture.supplyAsync(attempt, workers).thenCompose(reply -> reply);
    }

    /** Rejects a reply of another version: predictors of older releases always use their production version. */
    private static PredictReply requireVersion(PredictReply actual, ModelRouter.Target target) {
        boolean another = ExplainedPrediction.answered(actual.outcome())
                .filter(answered -> answered.version() != target.version())
                .isPresent();
        return another
                ? new PredictReply(
                        Versioned.CURRENT,
                        new Unavailable(
                                Reason.UNKNOWN_VERSION,
                                "Another version than %d replied; is a predictor of an older release running?"
                                        .formatted(target.version())))
                : actual;
    }
}
