package dev.trainyard.gateway.predictions;

import dev.trainyard.gateway.models.ModelRouter;
import dev.trainyard.gateway.models.ModelSelector;
import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.message.PredictHeaders;
import dev.trainyard.message.PredictReply;
import dev.trainyard.message.PredictReply.Reason;
import dev.trainyard.message.PredictReply.Unavailable;
import dev.trainyard.message.Versioned;
import dev.trainyard.tracing.TraceParent;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Sends an image to the version that the client selected, or that the model's route selects. */
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
    public record RoutedReply(PredictReply reply, @Nullable String alias) {}

    /**
     * Predicts the digit on a PNG.
     *
     * @param limit longest wait for the reply
     * @return fails as {@link PredictorClient#predict} does, and with a {@link ProblemException} if there is no such
     *     model, version or alias
     */
    public CompletableFuture<RoutedReply> predict(byte[] png, RequestOptions options, Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        ModelSelector selector = options.selector();
        Optional<ModelRouter.Target> target = routes.select(selector);
        // asked for here, because other threads do not know the trace of the client's request
        Function<ModelRouter.Target, PredictionRequest> request = request(png, options, TraceParent.ofSampled());
        if (target.isPresent()) {
            return predict(request.apply(target.get()), selector, target.get(), deadline);
        }
        return CompletableFuture.supplyAsync(() -> refreshAndSelect(selector), workers)
                .thenCompose(found -> predict(request.apply(found), selector, found, deadline));
    }

    private static Function<ModelRouter.Target, PredictionRequest> request(
            byte[] png, RequestOptions options, @Nullable String traceparent) {
        return target -> new PredictionRequest(
                png, PredictHeaders.PNG, options.want(), target.model(), target.version(), traceparent);
    }

    /**
     * Selects one version for several images or an asynchronous request: the named one, else production. May block on
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
            PredictionRequest request, ModelSelector selector, ModelRouter.Target target, long deadline) {
        Duration left = left(deadline);
        boolean canary = target.isCanary(selector);
        // half of the time, so that production can still answer if the canary does not, for example while it is loaded
        CompletableFuture<PredictReply> reply = predictions.predict(request, canary ? left.dividedBy(2) : left);
        if (target.shadow() != null) {
            shadows.follow(request, target.shadow(), reply);
        }
        if (target.version() == null) {
            return reply.thenApply(actual -> new RoutedReply(actual, target.alias()));
        }
        CompletableFuture<PredictReply> received = canary ? reply.exceptionally(RoutedPredictor::onTimeout) : reply;
        return received.thenCompose(
                actual -> retryIfUnavailable(request, selector, target, requireVersion(actual, target), deadline));
    }

    private CompletableFuture<RoutedReply> retryIfUnavailable(
            PredictionRequest request,
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
            return onWorker(deadline, () -> predictions
                    .predict(request.to(target.model(), null), left(deadline))
                    .thenApply(reply -> new RoutedReply(reply, ModelRouter.PRODUCTION)));
        }
        if (unavailable.reason() == Reason.UNKNOWN_VERSION) {
            // another gateway may have just deleted the version or moved the alias
            return onWorker(deadline, () -> {
                ModelRouter.Target again = refreshAndSelect(selector);
                return Objects.equals(target.version(), again.version())
                        ? CompletableFuture.completedFuture(answer)
                        : predictions
                                .predict(request.to(again.model(), again.version()), left(deadline))
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
    private CompletableFuture<RoutedReply> onWorker(long deadline, Supplier<CompletableFuture<RoutedReply>> attempt) {
        return CompletableFuture.supplyAsync(attempt, workers)
                .thenCompose(reply -> reply)
                .orTimeout(left(deadline).toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Rejects a reply of another version: predictors of older releases always use their production version. */
    private static PredictReply requireVersion(PredictReply actual, ModelRouter.Target target) {
        boolean another = ExplainedPrediction.answered(actual.outcome())
                .filter(answered -> !Objects.equals(answered.version(), target.version()))
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
