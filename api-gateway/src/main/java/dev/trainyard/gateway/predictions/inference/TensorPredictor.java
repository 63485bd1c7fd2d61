package dev.trainyard.gateway.predictions.inference;

import dev.trainyard.gateway.models.ModelRouter;
import dev.trainyard.gateway.models.ModelSelector;
import dev.trainyard.gateway.predictions.ConcurrencyWindow;
import dev.trainyard.gateway.predictions.PredictionRequest;
import dev.trainyard.gateway.predictions.PredictionService;
import dev.trainyard.gateway.predictions.PredictorClient;
import dev.trainyard.gateway.predictions.RoutedPredictor;
import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.gateway.problem.ProblemType;
import dev.trainyard.message.PredictHeaders;
import dev.trainyard.message.PredictReply;
import dev.trainyard.message.RequestedOutput;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.inject.Singleton;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** Predicts each image of a tensor, all with the same version of the model. */
@Singleton
public final class TensorPredictor {
    /** Largest number of pending images of one request; a predictor processes them as one batch. */
    static final int WIDTH = 64;
    /** If the active version changes during a request, two versions reply and the request is repeated. */
    private static final int MAX_ATTEMPTS = 3;

    private final RoutedPredictor routed;
    private final PredictorClient predictions;
    private final Executor executor = Infrastructure.getDefaultWorkerPool();

    TensorPredictor(RoutedPredictor routed, PredictorClient predictions) {
        this.routed = routed;
        this.predictions = predictions;
    }

    /** Predictions of one version of the model for all images. */
    record TensorPredictions(String model, int version, PredictReply.Answered[] each) {}

    /** No predictor has an active version of the model. */
    static final class ModelNotServedException extends RuntimeException {
        ModelNotServedException() {
            super("no active version", null, false, false);
        }
    }

    /**
     * Predicts {@code count} images in {@code images}, 784 values each.
     *
     * @param version null for the one in production
     * @return fails with {@link ModelNotServedException}, or with a {@link ProblemException} for the client
     */
    CompletableFuture<TensorPredictions> predict(
            String model, @Nullable Integer version, float[] images, int count, Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        return CompletableFuture.supplyAsync(() -> routed.selectOne(new ModelSelector(model, version, null)), executor)
                .thenCompose(target -> predict(target, images, count, deadline, MAX_ATTEMPTS));
    }

    private CompletableFuture<TensorPredictions> predict(
            ModelRouter.Target target, float[] images, int count, long deadline, int attempts) {
        AtomicReferenceArray<PredictReply.Answered> replies = new AtomicReferenceArray<>(count);
        CompletableFuture<Void> all = new CompletableFuture<>();
        ConcurrencyWindow.run(
                        count, WIDTH, i -> all.isDone() ? all : one(target, images, i, deadline, replies), executor)
                .whenComplete((nothing, failure) -> {
                    if (failure == null) {
                        all.complete(null);
                    } else {
                        all.completeExceptionally(problem(failure));
                    }
                });
        return all.thenComposeAsync(
                nothing -> {
                    PredictReply.Answered[] each = new PredictReply.Answered[count];
                    boolean sameVersion = true;
                    for (int i = 0; i < count; i++) {
                        each[i] = replies.get(i);
                        sameVersion &= each[i].version() == each[0].version();
                    }
                    if (sameVersion) {
                        return CompletableFuture.completedFuture(
                                new TensorPredictions(each[0].model(), each[0].version(), each));
                    }
                    if (attempts == 1) {
                        return CompletableFuture.failedFuture(new ProblemException(
                                ProblemType.UNAVAILABLE,
                                "The active version changed during the request. Try again.",
                                Duration.ofSeconds(1)));
                    }
                    return predict(target, images, count, deadline, attempts - 1);
                },
                executor);
    }

    private CompletableFuture<?> one(
            ModelRouter.Target target,
            float[] images,
            int index,
            long deadline,
            AtomicReferenceArray<PredictReply.Answered> replies) {
        long left = (deadline - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
            return CompletableFuture.failedFuture(new TimeoutException());
        }
        PredictionRequest request = new PredictionRequest(
                bytes(images, index),
                PredictHeaders.FLOAT32,
                RequestedOutput.PREDICTION,
                target.model(),
                target.version());
        return predictions.predict(request, Duration.ofMillis(left)).thenAccept(reply -> {
            if (reply.outcome() instanceof PredictReply.Answered answered) {
                replies.set(index, answered);
            } else if (reply.outcome() instanceof PredictReply.Unavailable unavailable
                    && unavailable.reason() == PredictReply.Reason.NO_ACTIVE_MODEL) {
                throw new ModelNotServedException();
            } else {
                throw PredictionService.problem(reply.outcome());
            }
        });
    }

    private static byte[] bytes(float[] images, int index) {
        ByteBuffer bytes =
                ByteBuffer.allocate(InferRequest.PIXELS * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(images, index * InferRequest.PIXELS, InferRequest.PIXELS);
        return bytes.array();
    }

    private static @Nullable Throwable problem(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return PredictionService.problem(cause);
    }
}
