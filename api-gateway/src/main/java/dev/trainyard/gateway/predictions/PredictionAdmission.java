package dev.trainyard.gateway.predictions;

import dev.trainyard.gateway.http.ClientAddress;
import dev.trainyard.gateway.http.ClientRateLimiter;
import dev.trainyard.gateway.http.SharedBudget;
import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.gateway.problem.ProblemType;
import dev.trainyard.gateway.projects.PredictionQuota;
import dev.trainyard.gateway.runtime.GatewaySettings;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

/**
 * Limits each client's rate of images and its number of pending ones. Images of other clients queue behind the
 * pending ones, so their number determines how long others wait.
 */
@Singleton
public final class PredictionAdmission {
    private static final Duration RETRY = Duration.ofSeconds(1);
    /** Longest wait of a request for the client's earlier requests to finish. */
    private static final Duration MAX_WAIT = Duration.ofSeconds(1);

    private final ClientRateLimiter rate;
    private final SharedBudget pending;
    private final IntConsumer quota;

    @Inject
    PredictionAdmission(GatewaySettings settings, PredictionQuota quota) {
        this(
                new ClientRateLimiter(
                        settings.rate().predictionsPerSecond(),
                        "This client sends more than %d images per second; slow down."),
                settings.predict().maxPendingPerClient(),
                quota::admit);
    }

    /**
     * @param maxPending largest number of pending images of one client
     * @param quota admits a number of images of the request's project, or throws
     */
    public PredictionAdmission(ClientRateLimiter rate, int maxPending, IntConsumer quota) {
        this.quota = quota;
        this.rate = rate;
        this.pending = new SharedBudget(Long.MAX_VALUE, maxPending);
    }

    /**
     * Counts images that are answered asynchronously.
     *
     * @throws ProblemException 429 if this client is over its rate or its project over its quota
     */
    public void admit(HttpServerRequest request, int images) {
        rate.admit(ClientAddress.of(request), images);
        quota.accept(images);
    }

    /**
     * Predicts one image, after a short wait if this client has many pending ones.
     *
     * @throws ProblemException 429 if this client is over its rate or has too many pending images
     */
    <T> Uni<T> predict(HttpServerRequest request, Supplier<Uni<T>> prediction) {
        return predict(request, 1, 1, MAX_WAIT, prediction);
    }

    /**
     * Predicts many images as soon as this client's limit allows it.
     *
     * @param concurrency largest number of {@code images} that are pending at the same time
     * @param maxWait longest wait for this client's other images
     * @return fails with a {@link ProblemException}, 429, if the wait takes longer
     * @throws ProblemException 429 if this client is over its rate
     */
    public <T> Uni<T> predict(
            HttpServerRequest request, int images, int concurrency, Duration maxWait, Supplier<Uni<T>> prediction) {
        String client = ClientAddress.of(request);
        rate.admit(client, images);
        quota.accept(images);
        CompletableFuture<SharedBudget.Share> turn = pending.take(client, Math.min(images, concurrency), maxWait);
        if (!turn.isDone()) {
            return Uni.createFrom()
                    .completionStage(turn)
                    .emitOn(callerThreadKind()) // not on the thread of the request that released its share
                    .onFailure(TimeoutException.class)
                    .transform(late -> tooMany())
                    .flatMap(share -> predict(share, prediction))
                    .onTermination()
                    .invoke(() ->
                            turn.thenAccept(SharedBudget.Share::close)); // if the client disconnected before its turn
        }
        if (turn.isCompletedExceptionally()) {
            throw tooMany();
        }
        return predict(turn.join(), prediction);
    }

    private static <T> Uni<T> predict(SharedBudget.Share share, Supplier<Uni<T>> prediction) {
        try {
            return prediction.get().onTermination().invoke(share::close);
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
                "Too many images of this client are pending; send fewer at once.",
                RETRY);
    }
}
