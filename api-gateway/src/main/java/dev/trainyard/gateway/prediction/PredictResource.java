package dev.trainyard.gateway.prediction;

import dev.trainyard.gateway.models.Wanted;
import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.gateway.problem.ProblemType;
import dev.trainyard.image.PngFile;
import dev.trainyard.message.PredictReply;
import dev.trainyard.validation.Violation;
import io.smallrye.common.annotation.Blocking;
import io.smallrye.common.annotation.NonBlocking;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.media.SchemaProperty;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestForm;
import org.jboss.resteasy.reactive.RestQuery;
import org.jboss.resteasy.reactive.multipart.FileUpload;

/** Where a predict request goes. */
@Path("/api/v1/predict")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "predict", description = "Which digit is on a picture")
public class PredictResource {
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final RoutedPredictions predictions;

    PredictResource(RoutedPredictions predictions) {
        this.predictions = predictions;
    }

    /** The answer: the likeliest digit, its probability, those of all ten, and who says so. */
    public record Prediction(int prediction, float probability, float[] probabilities, Model model) {
        /** The version that answered, and the alias by which it was chosen; null where the client named the version. */
        public record Model(String name, int version, String alias) {}
    }

    @POST
    @Consumes("image/png")
    @NonBlocking
    @Operation(
            summary = "Which digit is on this PNG",
            description = "The body is the PNG; or multipart/form-data with a part named image")
    @RequestBody(
            required = true,
            content = {
                @Content(mediaType = "image/png", schema = @Schema(type = SchemaType.STRING, format = "binary")),
                @Content(
                        mediaType = MediaType.MULTIPART_FORM_DATA,
                        schema =
                                @Schema(
                                        type = SchemaType.OBJECT,
                                        requiredProperties = "image",
                                        properties =
                                                @SchemaProperty(
                                                        name = "image",
                                                        type = SchemaType.STRING,
                                                        format = "binary")))
            })
    @APIResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = Prediction.class)))
    @APIResponse(responseCode = "404", description = "No such model, version or alias")
    @APIResponse(responseCode = "410", description = "The version was deleted")
    @APIResponse(responseCode = "413", description = "Over 5 MB")
    @APIResponse(responseCode = "415", description = "No PNG")
    @APIResponse(responseCode = "422", description = "A PNG that cannot be read")
    @APIResponse(
            responseCode = "503",
            description = "No active model, a version that cannot be loaded, or too much at once")
    @APIResponse(responseCode = "504", description = "No answer in time")
    public Uni<Prediction> predict(
            byte[] png,
            @Parameter(description = "Name of the model, by default DigitModel") @RestQuery String model,
            @Parameter(description = "Number of the version that shall answer") @RestQuery String version,
            @Parameter(description = "Alias of the version that shall answer; by default the model's route decides")
                    @RestQuery
                    String alias) {
        return answer(png, Wanted.read(model, version, alias));
    }

    @POST
    @Consumes(MediaType.MULTIPART_FORM_DATA)
    @Blocking
    @Operation(hidden = true)
    public Uni<Prediction> predictPart(
            @RestForm("image") FileUpload image,
            @RestQuery String model,
            @RestQuery String version,
            @RestQuery String alias)
            throws IOException {
        Wanted wanted = Wanted.read(model, version, alias);
        if (image == null) {
            throw ProblemException.invalid(List.of(new Violation(
                    "/image", "is required; send the picture as a file part: curl -F image=@digit.png …")));
        }
        if (image.size() > PngFile.MAX_BYTES) {
            throw tooLarge(image.size());
        }
        return answer(Files.readAllBytes(image.uploadedFile()), wanted);
    }

    private Uni<Prediction> answer(byte[] png, Wanted wanted) {
        if (png.length > PngFile.MAX_BYTES) {
            throw tooLarge(png.length);
        }
        if (!PngFile.hasSignature(png)) {
            throw new ProblemException(
                    ProblemType.UNSUPPORTED_MEDIA_TYPE, "These %d bytes are no PNG; send one.".formatted(png.length));
        }
        try {
            return Uni.createFrom()
                    .completionStage(predictions.ask(png, wanted))
                    .onFailure()
                    .transform(PredictResource::problem)
                    .map(PredictResource::view);
        } catch (Predictions.NotAsked e) {
            throw new ProblemException(ProblemType.UNAVAILABLE, e.getMessage() + " Try again.", RETRY);
        }
    }

    private static Prediction view(RoutedPredictions.Answer answer) {
        PredictReply reply = answer.reply();
        if (reply.outcome() instanceof PredictReply.Answered answered) {
            float[] all = answered.probabilities();
            return new Prediction(
                    answered.prediction(),
                    all[answered.prediction()],
                    all,
                    new Prediction.Model(answered.model(), answered.version(), answer.alias()));
        }
        if (reply.outcome() instanceof PredictReply.Rejected rejected) {
            throw ProblemException.invalid(List.of(new Violation("/image", rejected.message())));
        }
        PredictReply.Unavailable unavailable = (PredictReply.Unavailable) reply.outcome();
        if (unavailable.reason() == PredictReply.Reason.NO_ACTIVE_MODEL) {
            throw new ProblemException(
                    ProblemType.NO_ACTIVE_MODEL,
                    "No model is active. Train one: POST /api/v1/train with \"save_weights\":true; it becomes active when it ends.",
                    Duration.ofSeconds(30));
        }
        ProblemType type = unavailable.reason() == PredictReply.Reason.MODEL_UNAVAILABLE
                ? ProblemType.MODEL_UNAVAILABLE
                : ProblemType.UNAVAILABLE;
        throw new ProblemException(type, unavailable.message(), RETRY);
    }

    private static Throwable problem(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        if (cause instanceof TimeoutException) {
            return new ProblemException(
                    ProblemType.TIMEOUT, "No predictor answered in time; is one running? Try again.", RETRY);
        }
        if (cause instanceof Predictions.NotAsked) {
            return new ProblemException(ProblemType.UNAVAILABLE, cause.getMessage() + " Try again.", RETRY);
        }
        return cause;
    }

    private static ProblemException tooLarge(long size) {
        return new ProblemException(
                ProblemType.TOO_LARGE,
                "The picture has %d bytes; at most %d (5 MB) are read.".formatted(size, PngFile.MAX_BYTES));
    }
}
