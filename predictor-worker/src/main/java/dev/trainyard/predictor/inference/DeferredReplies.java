package dev.trainyard.predictor.inference;

import dev.trainyard.message.PredictReply.Outcome;
import dev.trainyard.message.PredictReply.Reason;
import dev.trainyard.message.PredictReply.Unavailable;
import dev.trainyard.predictor.PredictorMetrics;
import dev.trainyard.predictor.intake.PredictRequest;
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

/** Answers requests beside the thread that takes them in: those that wait for a model, and those nobody waits for. */
final class DeferredReplies {
    /** Pictures that may wait, bytes. */
    static final long MOST_WAITING = 64L << 20;

    private static final Outcome TOO_MANY = new Unavailable(
            Reason.MODEL_UNAVAILABLE, "Too many requests wait for models that are being loaded. Try again.");

    private final Answerer answerer;
    private final Executor thread;
    private final Clock clock;
    private final PredictorMetrics metrics;
    private final AtomicLong waiting = new AtomicLong();

    /** As {@link BatchInference#answer}. */
    interface Answerer {
        void answer(
                List<PredictRequest> requests, BiConsumer<PredictRequest, Outcome> replies, BatchInference.Later later);
    }

    /**
     * @param answerer may be used by all threads of {@code thread}
     * @param thread runs all it is given
     */
    DeferredReplies(Answerer answerer, Executor thread, Clock clock, PredictorMetrics metrics) {
        this.answerer = answerer;
        this.thread = thread;
        this.clock = clock;
        this.metrics = metrics;
    }

    /**
     * Answers {@code requests} once {@code settled} is complete, or drops them when all have expired.
     *
     * @param hold is called now; what it gives is run when nothing of them is left to be answered
     */
    void take(
            List<PredictRequest> requests,
            CompletableFuture<Void> settled,
            BiConsumer<PredictRequest, Outcome> replies,
            Supplier<Runnable> hold) {
        long bytes =
                requests.stream().mapToLong(request -> request.png().length).sum();
        if (waiting.addAndGet(bytes) > MOST_WAITING) {
            waiting.addAndGet(-bytes);
            requests.forEach(request -> {
                metrics.unavailable();
                replies.accept(request, TOO_MANY);
            });
            return;
        }
        Runnable release = hold.get();
        settled.copy()
                .completeOnTimeout(null, millisLeft(requests), TimeUnit.MILLISECONDS)
                .whenComplete((done, failure) -> thread.execute(() -> {
                    try {
                        answerer.answer(requests, replies, (again, next) -> take(again, next, replies, hold));
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
        // one more, so that they have expired then
        return Math.max(0, Duration.between(clock.instant(), last).toMillis() + 1);
    }
}
