package dev.trainyard.gateway.prediction;

import dev.trainyard.gateway.models.Routes;
import dev.trainyard.gateway.models.Wanted;
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
public final class RoutedPredictions {
    private final Routes routes;
    private final Predictions predictions;
    private final Shadows shadows;
    private final Executor workers;

    /** @param workers may wait for the database */
    public RoutedPredictions(Routes routes, Predictions predictions, Shadows shadows, Executor workers) {
        this.routes = routes;
        this.predictions = predictions;
        this.shadows = shadows;
        this.workers = workers;
    }

    /** @param alias by which the version was chosen; null where the client named a version */
    public record Answer(PredictReply reply, String alias) {}

    /**
     * Asks about {@code payload}.
     *
     * @param limit after which nobody waits any more
     * @return fails as {@link Predictions#ask} does, and with a {@link ProblemException} if there is no such model,
     *     version or alias
     */
    public CompletableFuture<Answer> ask(Payload payload, Wanted wanted, Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        Optional<Routes.Choice> choice = routes.choose(wanted);
        if (choice.isPresent()) {
            return ask(payload, wanted, choice.get(), deadline);
        }
        return CompletableFuture.supplyAsync(() -> chooseAgain(wanted), workers)
                .thenCompose(found -> ask(payload, wanted, found, deadline));
    }

    /**
     * Who answers what is asked more than once, or later: production unless another is named. May wait for the database.
     *
     * @throws ProblemException if there is no such model, version or alias
     */
    public Routes.Choice chooseOne(Wanted wanted) {
        boolean named = wanted.version() != null || wanted.alias() != null;
        Wanted one = named ? wanted : new Wanted(wanted.model(), null, Routes.PRODUCTION);
        return routes.choose(one).orElseGet(() -> chooseAgain(one));
    }

    /** What is not known here may have been published a moment ago. */
    private Routes.Choice chooseAgain(Wanted wanted) {
        routes.refresh();
        return routes.choose(wanted).orElseThrow(() -> routes.nobody(wanted));
    }

    private CompletableFuture<Answer> ask(Payload payload, Wanted wanted, Routes.Choice choice, long deadline) {
        Duration left = left(deadline);
        boolean canary = choice.isCanary(wanted);
        // half of it, so that production has the rest if the canary is silent, as one that is being loaded may be
        CompletableFuture<PredictReply> reply = predictions.ask(
                new Question(payload, choice.model(), choice.version()), canary ? left.dividedBy(2) : left);
        if (choice.shadow() != null) {
            shadows.follow(payload, choice.model(), choice.shadow(), reply);
        }
        if (choice.version() == null) {
            return reply.thenApply(said -> new Answer(said, choice.alias()));
        }
        CompletableFuture<PredictReply> heard = canary ? reply.exceptionally(RoutedPredictions::ofSilence) : reply;
        return heard.thenCompose(said -> settle(payload, wanted, choice, ofTheVersion(said, choice), deadline))
                .orTimeout(left.toMillis(), TimeUnit.MILLISECONDS);
    }

    private CompletableFuture<Answer> settle(
            Payload payload, Wanted wanted, Routes.Choice choice, PredictReply said, long deadline) {
        Answer answer = new Answer(said, choice.alias());
        if (!(said.outcome() instanceof Unavailable why)) {
            return CompletableFuture.completedFuture(answer);
        }
        if (choice.isCanary(wanted)) {
            // the client did not ask for the canary, so it does not suffer from one that cannot be loaded
            return later(() -> predictions
                    .ask(new Question(payload, choice.model(), null), left(deadline))
                    .thenApply(reply -> new Answer(reply, Routes.PRODUCTION)));
        }
        if (why.reason() == Reason.UNKNOWN_VERSION) {
            // another gateway may have deleted it, or moved the alias, a moment ago
            return later(() -> {
                Routes.Choice again = chooseAgain(wanted);
                return choice.version().equals(again.version())
                        ? CompletableFuture.completedFuture(answer)
                        : predictions
                                .ask(new Question(payload, again.model(), again.version()), left(deadline))
                                .thenApply(reply -> new Answer(reply, again.alias()));
            });
        }
        return CompletableFuture.completedFuture(answer);
    }

    /** A canary that does not answer in its time is as good as one that cannot. */
    private static PredictReply ofSilence(Throwable failure) {
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
    private CompletableFuture<Answer> later(Supplier<CompletableFuture<Answer>> question) {
        return CompletableFuture.supplyAsync(question, workers).thenCompose(asked -> asked);
    }

    /** A predictor of an older release answers with its production version, whatever it is asked. */
    private static PredictReply ofTheVersion(PredictReply said, Routes.Choice choice) {
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
