package dev.trainyard.predictor.inference;

import dev.trainyard.message.PredictReply.Outcome;
import dev.trainyard.message.PredictReply.Reason;
import dev.trainyard.message.PredictReply.Unavailable;
import dev.trainyard.predictor.request.PredictRequest;
import dev.trainyard.predictor.runtime.PredictorMetrics;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/** Processes requests that wait for a model, and background requests, outside of the consumer thread. */
final class DeferredReplies {
    /** Limit for waiting images, in bytes. */
    static final long MAX_WAITING = 64L << 20;

    private static final Outcome TOO_MANY = new Unavailable(
            Reason.MODEL_UNAVAILABLE, "Too many requests wait for models that are being loaded. Try again.");

    private final Inference inference;
    private final Executor thread;
    private final Clock clock;
    private final PredictorMetrics metrics;
    private final AtomicLong waiting = new AtomicLong();

    /** Like {@link BatchInference#answer}. */
    interface Inference {
        void answer(
                List<PredictRequest> requests,
                BiConsumer<PredictRequest, Outcome> replies,
                BatchInference.DeferredRequests deferred);
    }

    /**
     * @param inference must be usable by all threads of {@code thread}
     * @param thread executor that never rejects
     */
    DeferredReplies(Inference inference, Executor thread, Clock clock, PredictorMetrics metrics) {
        this.inference = inference;
        this.thread = thread;
        this.clock = clock;
        this.metrics = metrics;
    }

    /**
     * Processes {@code requests} when {@code settled} completes, or drops them when all have expired.
     *
     * @param onDeferred called immediately; the returned task runs when all requests are done
     */
    void defer(
            List<PredictRequest> requests,
            CompletableFuture<Void> settled,
            BiConsumer<PredictRequest, Outcome> replies,
            Supplier<Runnable> onDeferred) {
        long bytes =
                requests.stream().mapToLong(request -> request.png().length).sum();
        if (waiting.addAndGet(bytes) > MAX_WAITING) {
            waiting.addAndGet(-bytes);
            requests.forEach(request -> {
                metrics.unavailable();
                replies.accept(request, TOO_MANY);
            });
            return;
        }
        Runnable release = onDeferred.get();
        settled.copy()
                .completeOnTimeout(null, millisLeft(requests), TimeUnit.MILLISECONDS)
                .whenComplete((done, failure) -> thread.execute(() -> {
                    try {
                        inference.answer(requests, replies, (again, next) -> defer(again, next, replies, onDeferred));
                    } finally {
                        waiting.addAndGet(-bytes);
                        release.run();
                    }
                }));
    }

    private long millisLeft(List<PredictRequest> requests) {
        Instant last = requests.stream()
                .map(PredictRequest::deadline)
                .max(Comparator.naturalOrder())
                .orElseThrow();
        // plus one, so that they have certainly expired
        return Math.max(0, Duration.between(clock.instant(), last).toMillis() + 1);
    }
}
