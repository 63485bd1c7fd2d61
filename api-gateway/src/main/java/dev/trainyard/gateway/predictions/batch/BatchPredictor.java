package dev.trainyard.gateway.predictions.batch;

import dev.trainyard.gateway.predictions.BatchResult;
import dev.trainyard.gateway.predictions.ConcurrencyWindow;
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
import org.jspecify.annotations.Nullable;

/** Predicts each image of a batch, a limited number at a time, until all have a result or the batch times out. */
@Singleton
public final class BatchPredictor {
    /** Largest number of pending images of one batch. */
    static final int WIDTH = 16;
    /** Time for which an image is retried while too many requests of all clients are pending. */
    private static final Duration RETRY_PERIOD = Duration.ofMillis(1_500);

    private static final long RETRY_MILLIS = 50;

    private final RoutedPredictor predictions;
    private final Executor executor = Infrastructure.getDefaultWorkerPool();

    BatchPredictor(RoutedPredictor predictions) {
        this.predictions = predictions;
    }

    /** Never fails: an error or a timeout is the result of the image that it concerns. */
    CompletableFuture<BatchResult> predict(ImageBatch images, RequestOptions options, Duration limit, String instance) {
        Run run = new Run(images.items(), options, System.nanoTime() + limit.toNanos(), instance);
        return ConcurrencyWindow.run(images.items().size(), WIDTH, run::one, executor)
                .thenApply(nothing -> BatchResult.of(run.named(), images.skipped()));
    }

    private final class Run {
        private final List<ImageBatch.Item> items;
        private final RequestOptions options;
        private final long deadline;
        private final String instance;
        private final AtomicReferenceArray<PredictionResult> results;
        /** Set when the retries of one image have failed; the other images are then not retried. */
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
            byte[] image;
            try {
                image = remaining().isZero() ? null : items.get(index).read();
                if (image == null) {
                    return done(index, null, new TimeoutException());
                }
                PredictionService.check(image);
            } catch (ProblemException e) {
                return done(index, null, e);
            }
            return predict(image, System.nanoTime() + RETRY_PERIOD.toNanos())
                    .handle((reply, failure) -> done(index, reply, failure));
        }

        private CompletableFuture<RoutedPredictor.RoutedReply> predict(byte[] png, long retryDeadline) {
            Duration left = remaining();
            if (left.isZero()) {
                return CompletableFuture.failedFuture(new TimeoutException());
            }
            CompletableFuture<RoutedPredictor.RoutedReply> reply;
            try {
                reply = predictions.predict(png, options, left);
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
                return CompletableFuture.supplyAsync(() -> png, later)
                        .thenCompose(same -> predict(same, retryDeadline));
            });
        }

        private Duration remaining() {
            return Duration.ofNanos(Math.max(0, deadline - System.nanoTime())).truncatedTo(ChronoUnit.MILLIS);
        }

        private CompletableFuture<Void> done(
                int index, RoutedPredictor.@Nullable RoutedReply reply, Throwable failure) {
            results.set(index, result(reply, failure));
            return CompletableFuture.completedFuture(null);
        }

        private PredictionResult result(RoutedPredictor.@Nullable RoutedReply reply, Throwable failure) {
            if (reply != null) {
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
