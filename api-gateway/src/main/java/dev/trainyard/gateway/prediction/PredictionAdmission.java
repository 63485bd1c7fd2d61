package dev.trainyard.gateway.prediction;

import dev.trainyard.gateway.http.ClientAddress;
import dev.trainyard.gateway.http.ClientRateLimiter;
import dev.trainyard.gateway.http.SharedBudget;
import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.gateway.problem.ProblemType;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Limits each client's rate of pictures and its number of pending ones. Pictures of other clients queue behind the
 * pending ones, so their number determines how long others wait.
 */
public final class PredictionAdmission {
    private static final Duration RETRY = Duration.ofSeconds(1);
    /** How long a request waits for the answers to the client's earlier requests. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final ClientRateLimiter rate;
    private final SharedBudget waiting;

    /** @param mostAtOnce pending pictures of one client */
    public PredictionAdmission(ClientRateLimiter rate, int mostAtOnce) {
        this.rate = rate;
        this.waiting = new SharedBudget(Long.MAX_VALUE, mostAtOnce);
    }

    /**
     * Counts pictures that are answered asynchronously.
     *
     * @throws ProblemException 429 if this client is over its rate
     */
    public void admit(HttpServerRequest request, int pictures) {
        rate.admit(ClientAddress.of(request), pictures);
    }

    /**
     * Predicts one picture, after a short wait if this client has many pending ones.
     *
     * @throws ProblemException 429 if this client is over its rate or has too many pending pictures
     */
    <T> Uni<T> predict(HttpServerRequest request, Supplier<Uni<T>> question) {
        return predict(request, 1, 1, PATIENCE, question);
    }

    /**
     * Predicts many pictures as soon as this client's limit allows it.
     *
     * @param atOnce how many of {@code pictures} are pending at the same time
     * @param patience how long to wait for this client's other pictures
     * @return fails with a {@link ProblemException}, 429, if that takes longer
     * @throws ProblemException 429 if this client is over its rate
     */
    public <T> Uni<T> predict(
            HttpServerRequest request, int pictures, int atOnce, Duration patience, Supplier<Uni<T>> question) {
        String client = ClientAddress.of(request);
        rate.admit(client, pictures);
        CompletableFuture<SharedBudget.Share> turn = waiting.take(client, Math.min(pictures, atOnce), patience);
        if (!turn.isDone()) {
            return Uni.createFrom()
                    .completionStage(turn)
                    .emitOn(callerThreadKind()) // not on that of the request that gave its share back
                    .onFailure(TimeoutException.class)
                    .transform(late -> tooMany())
                    .flatMap(share -> predict(share, question))
                    .onTermination()
                    .invoke(() -> turn.thenAccept(SharedBudget.Share::close)); // if it left before its turn began
        }
        if (turn.isCompletedExceptionally()) {
            throw tooMany();
        }
        return predict(turn.join(), question);
    }

    private static <T> Uni<T> predict(SharedBudget.Share share, Supplier<Uni<T>> question) {
        try {
            return question.get().onTermination().invoke(share::close);
        } catch (Throwable e) {
            share.close();
            throw e;
        }
    }

    private static Executor callerThreadKind() {
        Context context = Context.isOnEventLoopThread() ? Vertx.currentContext() : null;
        return context == null ? Infrastructure.getDefaultExecutor() : task -> context.runOnContext(turn -> task.run());
    }

    private static ProblemException tooMany() {
        return new ProblemException(
                ProblemType.TOO_MANY_REQUESTS,
                "Too many pictures of this client wait to be answered already; send fewer at once.",
                RETRY);
    }
}
