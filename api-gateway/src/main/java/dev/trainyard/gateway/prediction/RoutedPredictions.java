package dev.trainyard.gateway.prediction;

import dev.trainyard.gateway.models.Routes;
import dev.trainyard.gateway.models.Wanted;
import dev.trainyard.message.PredictReply;
import dev.trainyard.message.PredictReply.Answered;
import dev.trainyard.message.PredictReply.Explained;
import dev.trainyard.message.PredictReply.Outcome;
import dev.trainyard.message.PredictReply.Reason;
import dev.trainyard.message.PredictReply.Unavailable;
import dev.trainyard.message.Versioned;
import dev.trainyard.message.Want;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

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
     * @param want what the reply shall hold, which needs a model
     * @return fails as {@link Predictions#ask} does, and with a {@link dev.trainyard.gateway.problem.ProblemException}
     *     if there is no such model, version or alias
     */
    public CompletableFuture<Answer> ask(byte[] png, Want want, Wanted wanted) {
        Optional<Routes.Choice> choice = routes.choose(wanted);
        if (choice.isPresent()) {
            return ask(png, want, wanted, choice.get());
        }
        return CompletableFuture.supplyAsync(() -> chooseAgain(wanted), workers)
                .thenCompose(found -> ask(png, want, wanted, found));
    }

    /** What is not known here may have been published a moment ago. */
    private Routes.Choice chooseAgain(Wanted wanted) {
        routes.refresh();
        return routes.choose(wanted).orElseThrow(() -> routes.nobody(wanted));
    }

    private CompletableFuture<Answer> ask(byte[] png, Want want, Wanted wanted, Routes.Choice choice) {
        CompletableFuture<PredictReply> reply = predictions.ask(png, choice.model(), choice.version(), want);
        if (choice.shadow() != null) {
            shadows.follow(png, choice.model(), choice.shadow(), reply);
        }
        if (!choice.isCanary(wanted)) {
            return reply.thenApply(said -> new Answer(ofTheVersion(said, choice), choice.alias()));
        }
        return reply.thenComposeAsync(said -> instead(png, want, choice, ofTheVersion(said, choice)), workers)
                .orTimeout(predictions.timeout().toMillis(), TimeUnit.MILLISECONDS);
    }

    /** The client did not ask for the canary, so it does not suffer from one that cannot be loaded. */
    private CompletableFuture<Answer> instead(byte[] png, Want want, Routes.Choice choice, PredictReply said) {
        return said.outcome() instanceof Unavailable
                ? predictions.ask(png, choice.model(), null, want).thenApply(reply -> new Answer(reply, Routes.PRODUCTION))
                : CompletableFuture.completedFuture(new Answer(said, choice.alias()));
    }

    /** A predictor of an older release answers with its production version, whatever it is asked. */
    private static PredictReply ofTheVersion(PredictReply said, Routes.Choice choice) {
        boolean another = choice.version() != null
                && answered(said.outcome())
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

    /** The model's answer, explained or not; empty if there is none. */
    static Optional<Answered> answered(Outcome outcome) {
        if (outcome instanceof Explained explained) {
            return Optional.of(explained.answered());
        }
        return outcome instanceof Answered answered ? Optional.of(answered) : Optional.empty();
    }
}
