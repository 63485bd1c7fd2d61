package dev.trainyard.gateway.predictions.batch;

import dev.trainyard.gateway.predictions.BatchResult;
import dev.trainyard.gateway.predictions.ConcurrencyWindow;
import dev.trainyard.gateway.predictions.PredictionInput;
import dev.trainyard.gateway.predictions.PredictionResult;
import dev.trainyard.gateway.predictions.PredictionService;
import dev.trainyard.gateway.predictions.PredictorClient;
import dev.trainyard.gateway.predictions.RequestOptions;
import dev.trainyard.gateway.predictions.ResponseOptions;
import dev.trainyard.gateway.predictions.RoutedPredictor;
import dev.trainyard.gateway.problem.ProblemException;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.inject.Singleton;
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

/** Predicts each picture of a batch, a limited number at a time, until all have a result or the batch times out. */
@Singleton
public final class BatchPredictor {
    /** Largest number of pending pictures of one batch. */
    static final int WIDTH = 16;
    /** Time for which a picture is retried while too many requests of all clients are pending. */
    private static final Duration RETRY_PERIOD = Duration.ofMillis(1_500);

    private static final long RETRY_MILLIS = 50;

    private final RoutedPredictor predictions;
    private final Executor executor = Infrastructure.getDefaultWorkerPool();

    BatchPredictor(RoutedPredictor predictions) {
        this.predictions = predictions;
    }

    /** Never fails: an error or a timeout is the result of the picture that it concerns. */
    CompletableFuture<BatchResult> predict(
            ImageBatch pictures, RequestOptions options, Duration limit, String instance) {
        Run run = new Run(pictures.items(), options, System.nanoTime() + limit.toNanos(), instance);
        return ConcurrencyWindow.run(pictures.items().size(), WIDTH, run::one, executor)
                .thenApply(nothing -> BatchResult.of(run.named(), pictures.skipped()));
    }

    private final class Run {
        private final List<ImageBatch.Item> items;
        private final RequestOptions options;
        private final long deadline;
        private final String instance;
        private final AtomicReferenceArray<PredictionResult> results;
        /** Set when the retries of one picture have failed; the other pictures are then not retried. */
        private volatile boolean unavailable;

        Run(List<ImageBatch.Item> items, RequestOptions options, long deadline, String instance) {
            this.items = items;
            this.options = options;
            this.deadline = deadline;
            this.instance = instance;
            this.results = new AtomicReferenceArray<>(items.size());
        }

        List<BatchResult.NamedResult> named() {
            return IntStream.range(0, items.size())
                    .mapToObj(i -> new BatchResult.NamedResult(items.get(i).name(), results.get(i)))
                    .toList();
        }

        CompletableFuture<?> one(int index) {
            PredictionInput input;
            try {
                byte[] picture = remaining().isZero() ? null : items.get(index).read();
                if (picture == null) {
                    return done(index, null, new TimeoutException());
                }
                PredictionService.check(picture);
                input = PredictionInput.png(picture, options.want());
            } catch (ProblemException e) {
                return done(index, null, e);
            }
            return predict(input, System.nanoTime() + RETRY_PERIOD.toNanos())
                    .handle((reply, failure) -> done(index, reply, failure));
        }

        private CompletableFuture<RoutedPredictor.RoutedReply> predict(PredictionInput input, long retryDeadline) {
            Duration left = remaining();
            if (left.isZero()) {
                return CompletableFuture.failedFuture(new TimeoutException());
            }
            CompletableFuture<RoutedPredictor.RoutedReply> reply;
            try {
                reply = predictions.predict(input, options.selector(), left);
            } catch (PredictorClient.PredictorUnavailableException e) {
                reply = CompletableFuture.failedFuture(e);
            }
            return reply.exceptionallyCompose(failure -> {
                if (!(unwrap(failure) instanceof PredictorClient.PredictorUnavailableException) || unavailable) {
                    return CompletableFuture.failedFuture(failure);
                }
                if (System.nanoTime() - retryDeadline >= 0) {
                    unavailable = true;
                    return CompletableFuture.failedFuture(failure);
                }
                Executor later = CompletableFuture.delayedExecutor(RETRY_MILLIS, TimeUnit.MILLISECONDS, executor);
                return CompletableFuture.supplyAsync(() -> input, later)
                        .thenCompose(same -> predict(same, retryDeadline));
            });
        }

        private Duration remaining() {
            return Duration.ofNanos(Math.max(0, deadline - System.nanoTime())).truncatedTo(ChronoUnit.MILLIS);
        }

        private CompletableFuture<Void> done(int index, RoutedPredictor.RoutedReply reply, Throwable failure) {
            results.set(index, result(reply, failure));
            return CompletableFuture.completedFuture(null);
        }

        private PredictionResult result(RoutedPredictor.RoutedReply reply, Throwable failure) {
            if (failure == null) {
                return PredictionResult.of(
                        reply.reply(), new ResponseOptions(reply.alias(), options.outliers()), instance);
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
