package dev.trainyard.gateway.prediction;

import dev.trainyard.gateway.models.Comparisons;
import dev.trainyard.message.PredictReply;
import dev.trainyard.message.PredictReply.Answered;
import dev.trainyard.message.RequestedOutput;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;

/** Asks another version about the same picture and counts whether it says the same; nobody waits for it. */
public final class Shadows {
    /** On their way at once; a shadow that is slow or silent leaves requests unshadowed, nothing else. */
    static final int MOST = 64;

    private final Predictions predictions;
    private final Comparisons comparisons;
    private final Executor workers;
    private final Semaphore places = new Semaphore(MOST);

    public Shadows(Predictions predictions, Comparisons comparisons, Executor workers) {
        this.predictions = predictions;
        this.comparisons = comparisons;
        this.workers = workers;
    }

    /** @param real answer that the client gets; it is only looked at */
    void follow(Payload payload, String model, int shadow, CompletableFuture<PredictReply> real) {
        if (!places.tryAcquire()) {
            comparisons.skipped(model);
            return;
        }
        try {
            // the real request is not to wait until this one is sent
            workers.execute(() -> ask(payload, model, shadow)
                    .whenComplete((answer, failure) -> places.release())
                    .exceptionally(failure -> null)
                    .thenAcceptBoth(real, (answer, said) -> compare(model, shadow, said, answer)));
        } catch (RejectedExecutionException e) {
            places.release();
        }
    }

    private CompletableFuture<PredictReply> ask(Payload payload, String model, int shadow) {
        try {
            Payload plain = new Payload(payload.value(), payload.contentType(), RequestedOutput.PREDICTION);
            return predictions.askAside(new Question(plain, model, shadow));
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
