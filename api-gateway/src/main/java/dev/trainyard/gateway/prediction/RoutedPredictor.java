package dev.trainyard.gateway.prediction;

import dev.trainyard.gateway.models.ModelRouter;
import dev.trainyard.gateway.models.ModelSelector;
import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.message.PredictReply;
import dev.trainyard.message.PredictReply.Reason;
import dev.trainyard.message.PredictReply.Unavailable;
import dev.trainyard.message.Versioned;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** Asks the version that shall answer: the one the client names, else by the model's route. */
public final class RoutedPredictor {
    private final ModelRouter routes;
    private final PredictorClient predictions;
    private final ShadowRequests shadows;
    private final Executor workers;

    /** @param workers may wait for the database */
    public RoutedPredictor(ModelRouter routes, PredictorClient predictions, ShadowRequests shadows, Executor workers) {
        this.routes = routes;
        this.predictions = predictions;
        this.shadows = shadows;
        this.workers = workers;
    }

    /** @param alias by which the version was chosen; null where the client named a version */
    public record RoutedReply(PredictReply reply, String alias) {}

    /**
     * Asks about {@code payload}.
     *
     * @param limit after which nobody waits any more
     * @return fails as {@link PredictorClient#ask} does, and with a {@link ProblemException} if there is no such model,
     *     version or alias
     */
    public CompletableFuture<RoutedReply> predict(PredictionInput payload, ModelSelector wanted, Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        Optional<ModelRouter.Target> choice = routes.select(wanted);
        if (choice.isPresent()) {
            return predict(payload, wanted, choice.get(), deadline);
        }
        return CompletableFuture.supplyAsync(() -> refreshAndSelect(wanted), workers)
                .thenCompose(found -> predict(payload, wanted, found, deadline));
    }

    /**
     * Who answers what is asked more than once, or later: production unless another is named. May wait for the database.
     *
     * @throws ProblemException if there is no such model, version or alias
     */
    public ModelRouter.Target selectOne(ModelSelector wanted) {
        boolean named = wanted.version() != null || wanted.alias() != null;
        ModelSelector one = named ? wanted : new ModelSelector(wanted.model(), null, ModelRouter.PRODUCTION);
        return routes.select(one).orElseGet(() -> refreshAndSelect(one));
    }

    /** What is not known here may have been published a moment ago. */
    private ModelRouter.Target refreshAndSelect(ModelSelector wanted) {
        routes.refresh();
        return routes.select(wanted).orElseThrow(() -> routes.notFound(wanted));
    }

    private CompletableFuture<RoutedReply> predict(PredictionInput payload, ModelSelector wanted, ModelRouter.Target choice, long deadline) {
        Duration left = left(deadline);
        boolean canary = choice.isCanary(wanted);
        // half of it, so that production has the rest if the canary is silent, as one that is being loaded may be
        CompletableFuture<PredictReply> reply = predictions.predict(
                new PredictionRequest(payload, choice.model(), choice.version()), canary ? left.dividedBy(2) : left);
        if (choice.shadow() != null) {
            shadows.follow(payload, choice.model(), choice.shadow(), reply);
        }
        if (choice.version() == null) {
            return reply.thenApply(said -> new RoutedReply(said, choice.alias()));
        }
        CompletableFuture<PredictReply> heard = canary ? reply.exceptionally(RoutedPredictor::onTimeout) : reply;
        return heard.thenCompose(said -> settle(payload, wanted, choice, requireVersion(said, choice), deadline))
                .orTimeout(left.toMillis(), TimeUnit.MILLISECONDS);
    }

    private CompletableFuture<RoutedReply> settle(
            PredictionInput payload, ModelSelector wanted, ModelRouter.Target choice, PredictReply said, long deadline) {
        RoutedReply answer = new RoutedReply(said, choice.alias());
        if (!(said.outcome() instanceof Unavailable why)) {
            return CompletableFuture.completedFuture(answer);
        }
        if (choice.isCanary(wanted)) {
            // the client did not ask for the canary, so it does not suffer from one that cannot be loaded
            return later(() -> predictions
                    .predict(new PredictionRequest(payload, choice.model(), null), left(deadline))
                    .thenApply(reply -> new RoutedReply(reply, ModelRouter.PRODUCTION)));
        }
        if (why.reason() == Reason.UNKNOWN_VERSION) {
            // another gateway may have deleted it, or moved the alias, a moment ago
            return later(() -> {
                ModelRouter.Target again = refreshAndSelect(wanted);
                return choice.version().equals(again.version())
                        ? CompletableFuture.completedFuture(answer)
                        : predictions
                    .predict(new PredictionRequest(payload, again.model(), again.version()), left(deadline))
                                .thenApply(reply -> new RoutedReply(reply, again.alias()));
            });
        }
        return CompletableFuture.completedFuture(answer);
    }

    /** A canary that does not answer in its time is as good as one that cannot. */
    private static PredictReply onTimeout(Throwable failure) {
        if (failure instanceof TimeoutException) {
            return new PredictReply(
                    Versioned.CURRENT, new Unavailable(Reason.MODEL_UNAVAILABLE, "It did not answer in time."));
        }
        throw new CompletionException(failure);
    }

    private static Duration left(long deadline) {
        return Duration.ofNanos(Math.max(1_000_000, deadline - System.nanoTime()));
    }

    /** Off the thread that hands out replies, as asking may wait for the database. */
    private CompletableFuture<RoutedReply> later(Supplier<CompletableFuture<RoutedReply>> question) {
        return CompletableFuture.supplyAsync(question, workers).thenCompose(asked -> asked);
    }

    /** A predictor of an older release answers with its production version, whatever it is asked. */
    private static PredictReply requireVersion(PredictReply said, ModelRouter.Target choice) {
        boolean another = ExplainedPrediction.answered(said.outcome())
                .filter(answered -> answered.version() != choice.version())
                .isPresent();
        return another
                ? new PredictReply(
                        Versioned.CURRENT,
                        new Unavailable(
                                Reason.UNKNOWN_VERSION,
                                "Another version than %d answered; is a predictor of an older release running?"
                                        .formatted(choice.version())))
                : said;
    }
}
