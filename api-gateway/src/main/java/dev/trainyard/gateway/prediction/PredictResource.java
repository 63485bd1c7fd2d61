package dev.trainyard.gateway.prediction;

import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.gateway.problem.ProblemType;
import dev.trainyard.image.PngFile;
import dev.trainyard.job.TrainingConfigReader;
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
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
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

    private final Predictions predictions;

    PredictResource(Predictions predictions) {
        this.predictions = predictions;
    }

    @POST
    @Consumes("image/png")
    @NonBlocking
    @Operation(
            summary = "Which digit is on this PNG",
            description = "The body is the PNG; or multipart/form-data with a part named image. A picture that looks"
                    + " like no digit has a null prediction, a message that says why, and a best_guess.")
    @Parameter(
            name = OutlierPolicy.PARAMETER,
            in = ParameterIn.QUERY,
            description = "accept answers a picture that looks like no digit as any other, and tells the outlier too",
            schema =
                    @Schema(
                            enumeration = {"refuse", "accept"},
                            defaultValue = "refuse"))
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
    @APIResponse(responseCode = "413", description = "Over 5 MB")
    @APIResponse(responseCode = "415", description = "No PNG")
    @APIResponse(responseCode = "422", description = "A PNG that cannot be read, or an outliers that is not known")
    @APIResponse(responseCode = "503", description = "No active model, or too much at once")
    @APIResponse(responseCode = "504", description = "No answer in time")
    public Uni<Prediction> predict(byte[] png, @RestQuery(OutlierPolicy.PARAMETER) String outliers) {
        return answer(png, OutlierPolicy.parse(outliers));
    }

    @POST
    @Consumes(MediaType.MULTIPART_FORM_DATA)
    @Blocking
    @Operation(hidden = true)
    public Uni<Prediction> predictPart(
            @RestForm("image") FileUpload image, @RestQuery(OutlierPolicy.PARAMETER) String outliers)
            throws IOException {
        OutlierPolicy policy = OutlierPolicy.parse(outliers);
        if (image == null) {
            throw ProblemException.invalid(List.of(new Violation(
                    "/image", "is required; send the picture as a file part: curl -F image=@digit.png …")));
        }
        if (image.size() > PngFile.MAX_BYTES) {
            throw tooLarge(image.size());
        }
        return answer(Files.readAllBytes(image.uploadedFile()), policy);
    }

    private Uni<Prediction> answer(byte[] png, OutlierPolicy policy) {
        if (png.length > PngFile.MAX_BYTES) {
            throw tooLarge(png.length);
        }
        if (!PngFile.hasSignature(png)) {
            throw new ProblemException(
                    ProblemType.UNSUPPORTED_MEDIA_TYPE, "These %d bytes are no PNG; send one.".formatted(png.length));
        }
        try {
            return Uni.createFrom()
                    .completionStage(predictions.ask(png, TrainingConfigReader.DIGIT_MODEL))
                    .onFailure()
                    .transform(PredictResource::problem)
                    .map(reply -> view(reply, policy));
        } catch (Predictions.NotAsked e) {
            throw new ProblemException(ProblemType.UNAVAILABLE, e.getMessage() + " Try again.", RETRY);
        }
    }

    private static Prediction view(PredictReply reply, OutlierPolicy policy) {
        if (reply.outcome() instanceof PredictReply.Answered answered) {
            return Prediction.of(answered, policy);
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
        throw new ProblemException(ProblemType.UNAVAILABLE, unavailable.message(), RETRY);
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
