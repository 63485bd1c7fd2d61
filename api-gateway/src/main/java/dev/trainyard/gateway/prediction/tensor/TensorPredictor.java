package dev.trainyard.gateway.prediction.tensor;

import dev.trainyard.gateway.models.ModelRouter;
import dev.trainyard.gateway.models.ModelSelector;
import dev.trainyard.gateway.prediction.PredictionInput;
import dev.trainyard.gateway.prediction.PredictionService;
import dev.trainyard.gateway.prediction.PredictorClient;
import dev.trainyard.gateway.prediction.PredictionRequest;
import dev.trainyard.gateway.prediction.RoutedPredictor;
import dev.trainyard.gateway.prediction.ConcurrencyWindow;
import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.gateway.problem.ProblemType;
import dev.trainyard.message.PredictHeaders;
import dev.trainyard.message.PredictReply;
import dev.trainyard.message.Want;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** Asks for each picture of a tensor; all are answered by one version of the model, or none. */
public final class TensorPredictor {
    /** Pictures of one request that are on their way at once; a predictor takes them as one batch. */
    static final int WIDTH = 64;
    /** A swap of the model in the middle of a request makes two versions answer it; then it is asked once more. */
    private static final int MOST_TRIES = 3;

    private final RoutedPredictor routed;
    private final PredictorClient predictions;
    private final Executor executor;

    public TensorPredictor(RoutedPredictor routed, PredictorClient predictions, Executor executor) {
        this.routed = routed;
        this.predictions = predictions;
        this.executor = executor;
    }

    /** What one version of the model says of all pictures. */
    record TensorPredictions(String model, int version, PredictReply.Answered[] each) {}

    /** No predictor has an active version of the model. */
    static final class ModelNotServedException extends RuntimeException {
        ModelNotServedException() {
            super("no active version", null, false, false);
        }
    }

    /**
     * Asks about {@code count} pictures in {@code images}, 784 values each.
     *
     * @param version that shall answer; null for the one in production
     * @return fails with {@link ModelNotServedException}, or with a {@link ProblemException} for the client
     */
    CompletableFuture<TensorPredictions> predict(String model, Integer version, float[] images, int count, Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        return CompletableFuture.supplyAsync(() -> routed.selectOne(new ModelSelector(model, version, null)), executor)
                .thenCompose(choice -> predict(choice, images, count, deadline, MOST_TRIES));
    }

    private CompletableFuture<TensorPredictions> predict(ModelRouter.Target choice, float[] images, int count, long deadline, int tries) {
        AtomicReferenceArray<PredictReply.Answered> replies = new AtomicReferenceArray<>(count);
        CompletableFuture<Void> all = new CompletableFuture<>();
        ConcurrencyWindow.run(count, WIDTH, i -> all.isDone() ? all : one(choice, images, i, deadline, replies), executor)
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
                    boolean alike = true;
                    for (int i = 0; i < count; i++) {
                        each[i] = replies.get(i);
                        alike &= each[i].version() == each[0].version();
                    }
                    if (alike) {
                        return CompletableFuture.completedFuture(new TensorPredictions(each[0].model(), each[0].version(), each));
                    }
                    if (tries == 1) {
                        return CompletableFuture.failedFuture(new ProblemException(
                                ProblemType.UNAVAILABLE,
                                "The model was swapped while it answered. Try again.",
                                Duration.ofSeconds(1)));
                    }
                    return predict(choice, images, count, deadline, tries - 1);
                },
                executor);
    }

    private CompletableFuture<?> one(
            ModelRouter.Target choice,
            float[] images,
            int index,
            long deadline,
            AtomicReferenceArray<PredictReply.Answered> replies) {
        long left = (deadline - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
            return CompletableFuture.failedFuture(new TimeoutException());
        }
        PredictionInput picture = new PredictionInput(bytes(images, index), PredictHeaders.FLOAT32, Want.PREDICTION);
        PredictionRequest question = new PredictionRequest(picture, choice.model(), choice.version());
        return predictions.predict(question, Duration.ofMillis(left)).thenAccept(reply -> {
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

    private static Throwable problem(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return PredictionService.problem(cause);
    }
}
