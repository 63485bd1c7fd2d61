package dev.trainyard.gateway.prediction.batch;

import dev.trainyard.gateway.prediction.PredictionResult;
import dev.trainyard.gateway.prediction.RequestOptions;
import dev.trainyard.gateway.prediction.PredictionInput;
import dev.trainyard.gateway.prediction.PredictionService;
import dev.trainyard.gateway.prediction.PredictorClient;
import dev.trainyard.gateway.prediction.RoutedPredictor;
import dev.trainyard.gateway.prediction.ResponseOptions;
import dev.trainyard.gateway.prediction.ConcurrencyWindow;
import dev.trainyard.gateway.problem.ProblemException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.IntStream;

/** Asks for each picture of a batch, some at a time, until all are answered or the batch's time is over. */
public final class BatchPredictor {
    /** Pictures of one batch that are on their way at once. */
    static final int WIDTH = 16;
    /** Who was turned away tries again for so long, as others' requests pass by. */
    private static final Duration PATIENCE = Duration.ofMillis(1_500);

    private static final long RETRY_MILLIS = 50;

    private final RoutedPredictor predictions;
    private final Executor executor;

    public BatchPredictor(RoutedPredictor predictions, Executor executor) {
        this.predictions = predictions;
        this.executor = executor;
    }

    /** Never fails: what is wrong with a picture, or comes too late, is that picture's answer. */
    CompletableFuture<BatchResult> predict(ImageBatch pictures, RequestOptions asking, Duration limit, String instance) {
        Run run = new Run(pictures.items(), asking, System.nanoTime() + limit.toNanos(), instance);
        return ConcurrencyWindow.run(pictures.items().size(), WIDTH, run::one, executor)
                .thenApply(nothing -> BatchResult.of(run.named(), pictures.skipped()));
    }

    private final class Run {
        private final List<ImageBatch.Item> items;
        private final RequestOptions asking;
        private final long deadline;
        private final String instance;
        private final AtomicReferenceArray<PredictionResult> answers;
        /** Set once a picture could not be asked for in all its patience; the others then have none. */
        private volatile boolean unavailable;

        Run(List<ImageBatch.Item> items, RequestOptions asking, long deadline, String instance) {
            this.items = items;
            this.asking = asking;
            this.deadline = deadline;
            this.instance = instance;
            this.answers = new AtomicReferenceArray<>(items.size());
        }

        List<BatchResult.NamedResult> named() {
            return IntStream.range(0, items.size())
                    .mapToObj(i -> new BatchResult.NamedResult(items.get(i).name(), answers.get(i)))
                    .toList();
        }

        CompletableFuture<?> one(int index) {
            PredictionInput question;
            try {
                byte[] picture = remaining().isZero() ? null : items.get(index).read();
                if (picture == null) {
                    return done(index, null, new TimeoutException());
                }
                PredictionService.check(picture);
                question = PredictionInput.png(picture, asking.want());
            } catch (ProblemException e) {
                return done(index, null, e);
            }
            return predict(question, System.nanoTime() + PATIENCE.toNanos())
                    .handle((reply, failure) -> done(index, reply, failure));
        }

        private CompletableFuture<RoutedPredictor.RoutedReply> predict(PredictionInput question, long patience) {
            Duration left = remaining();
            if (left.isZero()) {
                return CompletableFuture.failedFuture(new TimeoutException());
            }
            CompletableFuture<RoutedPredictor.RoutedReply> reply;
            try {
                reply = predictions.predict(question, asking.wanted(), left);
            } catch (PredictorClient.PredictorUnavailableException e) {
                reply = CompletableFuture.failedFuture(e);
            }
            return reply.exceptionallyCompose(failure -> {
                if (!(unwrap(failure) instanceof PredictorClient.PredictorUnavailableException) || unavailable) {
                    return CompletableFuture.failedFuture(failure);
                }
                if (System.nanoTime() - patience >= 0) {
                    unavailable = true;
                    return CompletableFuture.failedFuture(failure);
                }
                Executor later = CompletableFuture.delayedExecutor(RETRY_MILLIS, TimeUnit.MILLISECONDS, executor);
                return CompletableFuture.supplyAsync(() -> question, later).thenCompose(same -> predict(same, patience));
            });
        }

        private Duration remaining() {
            return Duration.ofNanos(Math.max(0, deadline - System.nanoTime())).truncatedTo(ChronoUnit.MILLIS);
        }

        private CompletableFuture<Void> done(int index, RoutedPredictor.RoutedReply reply, Throwable failure) {
            answers.set(index, answer(reply, failure));
            return CompletableFuture.completedFuture(null);
        }

        private PredictionResult answer(RoutedPredictor.RoutedReply reply, Throwable failure) {
            if (failure == null) {
                return PredictionResult.of(reply.reply(), new ResponseOptions(reply.alias(), asking.outliers()), instance);
            }
            Throwable problem = PredictionService.problem(unwrap(failure));
            if (problem instanceof ProblemException e) {
                return PredictionResult.of(e, instance);
            }
            throw new CompletionException(problem);
        }
    }

    private static Throwable unwrap(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }
}
