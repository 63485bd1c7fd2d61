package dev.trainyard.gateway.predictions;

import dev.trainyard.gateway.models.ShadowComparisons;
import dev.trainyard.message.PredictReply;
import dev.trainyard.message.PredictReply.Answered;
import dev.trainyard.message.RequestedOutput;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.inject.Singleton;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;

/** Sends a copy of a request to a shadow version and compares the replies. Clients do not wait for it. */
@Singleton
public final class ShadowRequests {
    /** Largest number of pending shadow requests; above it requests are not shadowed. */
    static final int MAX_PENDING = 64;

    private final PredictorClient predictions;
    private final ShadowComparisons comparisons;
    private final Executor workers = Infrastructure.getDefaultWorkerPool();
    private final Semaphore places = new Semaphore(MAX_PENDING);

    ShadowRequests(PredictorClient predictions, ShadowComparisons comparisons) {
        this.predictions = predictions;
        this.comparisons = comparisons;
    }

    /** @param real reply that the client gets */
    void follow(PredictionRequest request, int shadow, CompletableFuture<PredictReply> real) {
        String model = request.model();
        if (!places.tryAcquire()) {
            comparisons.skipped(model);
            return;
        }
        try {
            // on another thread, so that the real request does not wait for this one
            workers.execute(() -> predict(request, shadow)
                    .whenComplete((answer, failure) -> places.release())
                    .exceptionally(failure -> null)
                    .thenAcceptBoth(real, (shadowReply, realReply) -> compare(model, shadow, realReply, shadowReply)));
        } catch (RejectedExecutionException e) {
            places.release();
        }
    }

    private CompletableFuture<PredictReply> predict(PredictionRequest request, int shadow) {
        try {
            return predictions.predictLowPriority(new PredictionRequest(
                    request.value(),
                    request.contentType(),
                    RequestedOutput.PREDICTION,
                    request.model(),
                    shadow,
                    request.traceparent()));
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private void compare(String model, int shadow, PredictReply realReply, PredictReply shadowReply) {
        Answered real = ExplainedPrediction.answered(realReply.outcome()).orElse(null);
        if (real == null || real.version() == shadow) {
            return;
        }
        if (shadowReply != null && shadowReply.outcome() instanceof Answered other) {
            comparisons.compared(model, real.version(), other.version(), real.prediction() == other.prediction());
        } else {
            comparisons.failed(model, real.version(), shadow);
        }
    }
}
