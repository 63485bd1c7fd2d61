package dev.trainyard.gateway.prediction;

import dev.trainyard.gateway.models.Routes;
import dev.trainyard.gateway.models.Wanted;
import dev.trainyard.message.PredictReply;
import dev.trainyard.message.PredictReply.Answered;
import dev.trainyard.message.PredictReply.Reason;
import dev.trainyard.message.PredictReply.Unavailable;
import dev.trainyard.message.Versioned;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
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
     * Asks about {@code png}.
     *
     * @return fails as {@link Predictions#ask} does, and with a {@link dev.trainyard.gateway.problem.ProblemException}
     *     if there is no such model, version or alias
     */
    public CompletableFuture<Answer> ask(byte[] png, Wanted wanted) {
        Optional<Routes.Choice> choice = routes.choose(wanted);
        if (choice.isPresent()) {
            return ask(png, wanted, choice.get());
        }
        return CompletableFuture.supplyAsync(() -> chooseAgain(wanted), workers)
                .thenCompose(found -> ask(png, wanted, found));
    }

    /** What is not known here may have been published a moment ago. */
    private Routes.Choice chooseAgain(Wanted wanted) {
        routes.refresh();
        return routes.choose(wanted).orElseThrow(() -> routes.nobody(wanted));
    }

    private CompletableFuture<Answer> ask(byte[] png, Wanted wanted, Routes.Choice choice) {
        CompletableFuture<PredictReply> reply = predictions.ask(png, choice.model(), choice.version());
        if (choice.shadow() != null) {
            shadows.follow(png, choice.model(), choice.shadow(), reply);
        }
        if (choice.version() == null) {
            return reply.thenApply(said -> new Answer(said, choice.alias()));
        }
        return reply.thenCompose(said -> settle(png, wanted, choice, ofTheVersion(said, choice)))
                .orTimeout(predictions.timeout().toMillis(), TimeUnit.MILLISECONDS);
    }

    private CompletableFuture<Answer> settle(byte[] png, Wanted wanted, Routes.Choice choice, PredictReply said) {
        Answer answer = new Answer(said, choice.alias());
        if (!(said.outcome() instanceof Unavailable why)) {
            return CompletableFuture.completedFuture(answer);
        }
        if (choice.isCanary(wanted)) {
            // the client did not ask for the canary, so it does not suffer from one that cannot be loaded
            return later(() -> predictions
                    .ask(png, choice.model(), null)
                    .thenApply(reply -> new Answer(reply, Routes.PRODUCTION)));
        }
        if (why.reason() == Reason.UNKNOWN_VERSION) {
            // another gateway may have deleted it, or moved the alias, a moment ago
            return later(() -> {
                Routes.Choice again = chooseAgain(wanted);
                return choice.version().equals(again.version())
                        ? CompletableFuture.completedFuture(answer)
                        : predictions
                                .ask(png, again.model(), again.version())
                                .thenApply(reply -> new Answer(reply, again.alias()));
            });
        }
        return CompletableFuture.completedFuture(answer);
    }

    /** Off the thread that hands out replies, as asking may wait for the broker or the database. */
    private CompletableFuture<Answer> later(Supplier<CompletableFuture<Answer>> question) {
        return CompletableFuture.supplyAsync(question, workers).thenCompose(asked -> asked);
    }

    /** A predictor of an older release answers with its production version, whatever it is asked. */
    private static PredictReply ofTheVersion(PredictReply said, Routes.Choice choice) {
        boolean another = choice.version() != null
                && said.outcome() instanceof Answered answered
                && answered.version() != choice.version();
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
