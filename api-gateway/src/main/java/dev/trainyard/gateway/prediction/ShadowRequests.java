package dev.trainyard.gateway.prediction;

import dev.trainyard.gateway.models.ShadowComparisons;
import dev.trainyard.message.PredictReply;
import dev.trainyard.message.PredictReply.Answered;
import dev.trainyard.message.Want;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;

/** Asks another version about the same picture and counts whether it says the same; nobody waits for it. */
public final class ShadowRequests {
    /** On their way at once; a shadow that is slow or silent leaves requests unshadowed, nothing else. */
    static final int MOST = 64;

    private final PredictorClient predictions;
    private final ShadowComparisons comparisons;
    private final Executor workers;
    private final Semaphore places = new Semaphore(MOST);

    public ShadowRequests(PredictorClient predictions, ShadowComparisons comparisons, Executor workers) {
        this.predictions = predictions;
        this.comparisons = comparisons;
        this.workers = workers;
    }

    /** @param real answer that the client gets; it is only looked at */
    void follow(PredictionInput payload, String model, int shadow, CompletableFuture<PredictReply> real) {
        if (!places.tryAcquire()) {
            comparisons.skipped(model);
            return;
        }
        try {
            // the real request is not to wait until this one is sent
            workers.execute(() -> predict(payload, model, shadow)
                    .whenComplete((answer, failure) -> places.release())
                    .exceptionally(failure -> null)
                    .thenAcceptBoth(real, (answer, said) -> compare(model, shadow, said, answer)));
        } catch (RejectedExecutionException e) {
            places.release();
        }
    }

    private CompletableFuture<PredictReply> predict(PredictionInput payload, String model, int shadow) {
        try {
            PredictionInput plain = new PredictionInput(payload.value(), payload.contentType(), Want.PREDICTION);
            return predictions.predictLowPriority(new PredictionRequest(plain, model, shadow));
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private void compare(String model, int shadow, PredictReply said, PredictReply answer) {
        Answered real = ExplainedPrediction.answered(said.outcome()).orElse(null);
        if (real == null || real.version() == shadow) {
            return; // there is nothing to compare with
        }
        if (answer != null && answer.outcome() instanceof Answered other) {
            comparisons.compared(model, real.version(), other.version(), real.prediction() == other.prediction());
        } else {
            comparisons.failed(model, real.version(), shadow);
        }
    }
}
