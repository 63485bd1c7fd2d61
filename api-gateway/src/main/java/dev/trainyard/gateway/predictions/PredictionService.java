package dev.trainyard.gateway.predictions;

import dev.trainyard.gateway.http.MultipartForm;
import dev.trainyard.gateway.models.ModelRouter;
import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.gateway.problem.ProblemType;
import dev.trainyard.image.PngException;
import dev.trainyard.image.PngFile;
import dev.trainyard.job.TrainingConfigReader;
import dev.trainyard.message.PredictReply;
import dev.trainyard.message.RequestedOutput;
import dev.trainyard.validation.Violation;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Checks that a client's image is a complete PNG, sends it to the predictors, and turns failures into problems. */
@ApplicationScoped
public class PredictionService {
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final RoutedPredictor routed;
    private final PredictorClient predictions;

    PredictionService(RoutedPredictor routed, PredictorClient predictions) {
        this.routed = routed;
        this.predictions = predictions;
    }

    /**
     * Returns the bytes of the part named image.
     *
     * @throws ProblemException if {@code form} is not a valid form, or the part is missing or too large
     */
    static byte[] image(byte[] form, String contentType) {
        MultipartForm.Part image = MultipartForm.named("image", MultipartForm.read(form, contentType))
                .orElseThrow(() -> ProblemException.invalid(List.of(new Violation(
                        "/image", "is required; send the image as a file part: curl -F image=@digit.png …"))));
        if (image.size() > PngFile.MAX_BYTES) {
            throw tooLarge(image.size());
        }
        return image.bytes();
    }

    /**
     * Predicts the digit on {@code png} with the selected version; fails with a {@link ProblemException} if there is no
     * reply.
     *
     * @param limit longest wait for the reply
     * @throws ProblemException if {@code png} is not a complete PNG within the limits; it is not sent then
     */
    Uni<RoutedPredictor.RoutedReply> predict(byte[] png, RequestOptions options, Duration limit) {
        check(png);
        return reply(() -> routed.predict(png, options, limit));
    }

    /**
     * Returns the 28×28 image that any model gets for {@code png}; fails as {@link #predict}.
     *
     * @throws ProblemException as {@link #predict}
     */
    Uni<PredictReply.Outcome> preview(byte[] png, Duration limit) {
        check(png);
        PredictionRequest request =
                PredictionRequest.png(png, RequestedOutput.IMAGE, TrainingConfigReader.DIGIT_MODEL, null);
        return reply(() -> predictions.predict(request, limit)).map(PredictReply::outcome);
    }

    /** Longest wait for a reply. */
    Duration timeout() {
        return predictions.timeout();
    }

    private static <T> Uni<T> reply(Supplier<CompletableFuture<T>> request) {
        try {
            return Uni.createFrom().completionStage(request.get()).onFailure().transform(PredictionService::problem);
        } catch (PredictorClient.PredictorUnavailableException e) {
            throw new ProblemException(ProblemType.UNAVAILABLE, e.getMessage() + " Try again.", RETRY);
        }
    }

    /** @throws ProblemException if {@code png} is not a complete PNG within the limits */
    public static void check(byte[] png) {
        if (png.length > PngFile.MAX_BYTES) {
            throw tooLarge(png.length);
        }
        if (!PngFile.hasSignature(png)) {
            throw new ProblemException(ProblemType.UNSUPPORTED_MEDIA_TYPE, PngFile.explainOtherFormat(png));
        }
        try {
            PngFile.parse(png);
        } catch (PngException e) {
            throw unreadable(e.getMessage());
        }
    }

    /** The problem for an outcome that is not a prediction. */
    public static ProblemException problem(PredictReply.Outcome outcome) {
        if (outcome instanceof PredictReply.Rejected rejected) {
            return unreadable(rejected.message());
        }
        if (!(outcome instanceof PredictReply.Unavailable unavailable)) {
            return new ProblemException(
                    ProblemType.UNAVAILABLE,
                    "A predictor sent another kind of reply than requested; is one of another release running? Try again.",
                    RETRY);
        }
        if (unavailable.reason() == PredictReply.Reason.NO_ACTIVE_MODEL) {
            return new ProblemException(ProblemType.NO_ACTIVE_MODEL, ModelRouter.NONE_ACTIVE, Duration.ofSeconds(30));
        }
        ProblemType type = unavailable.reason() == PredictReply.Reason.MODEL_UNAVAILABLE
                ? ProblemType.MODEL_UNAVAILABLE
                : ProblemType.UNAVAILABLE;
        return new ProblemException(type, unavailable.message(), RETRY);
    }

    /** The problem for a request that could not be sent or got no reply. */
    public static @Nullable Throwable problem(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        if (cause instanceof TimeoutException) {
            return new ProblemException(
                    ProblemType.TIMEOUT, "No predictor answered in time; is one running? Try again.", RETRY);
        }
        if (cause instanceof PredictorClient.PredictorUnavailableException) {
            return new ProblemException(ProblemType.UNAVAILABLE, cause.getMessage() + " Try again.", RETRY);
        }
        return cause;
    }

    private static ProblemException unreadable(@Nullable String reason) {
        return ProblemException.invalid(List.of(new Violation("/image", String.valueOf(reason))));
    }

    /** The problem for an image that is too large. */
    public static ProblemException tooLarge(long size) {
        return new ProblemException(
                ProblemType.TOO_LARGE,
                "The image has %d bytes; at most %d (5 MB) are accepted.".formatted(size, PngFile.MAX_BYTES));
    }
}
