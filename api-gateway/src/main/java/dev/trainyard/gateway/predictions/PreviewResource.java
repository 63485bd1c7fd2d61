package dev.trainyard.gateway.predictions;

import dev.trainyard.gateway.permission.Permissions;
import dev.trainyard.image.DigitImageDecoder;
import dev.trainyard.image.PngWriter;
import dev.trainyard.message.PredictReply;
import io.quarkus.security.PermissionsAllowed;
import io.smallrye.common.annotation.NonBlocking;
import io.smallrye.mutiny.Uni;
import io.vertx.core.http.HttpServerRequest;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.time.Duration;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Returns the preprocessed image that a model would get. */
@Path("/api/v1/predict/preview")
@Produces(PreviewResource.PNG)
@Tag(name = "predict")
public class PreviewResource {
    static final String PNG = "image/png";

    private final PredictionService predictionService;
    private final PredictionAdmission admission;

    PreviewResource(PredictionService predictionService, PredictionAdmission admission) {
        this.admission = admission;
        this.predictionService = predictionService;
    }

    @POST
    @PermissionsAllowed(Permissions.PREDICT)
    @Consumes(PNG)
    @NonBlocking
    @Operation(
            summary = "The 28×28 image that a model would get for this PNG",
            description =
                    "No model is needed. It is a POST, although it changes nothing, because the image is the request's"
                            + " body, and the body of a GET has no meaning and may be dropped by proxies.")
    @RequestBody(
            required = true,
            content = @Content(mediaType = PNG, schema = @Schema(type = SchemaType.STRING, format = "binary")))
    @APIResponse(
            responseCode = "200",
            description = "28×28, 8-bit grey, a light digit on black",
            content = @Content(mediaType = PNG, schema = @Schema(type = SchemaType.STRING, format = "binary")))
    @APIResponse(responseCode = "413", description = "Over 5 MB")
    @APIResponse(responseCode = "415", description = "Not a PNG")
    @APIResponse(responseCode = "422", description = "A PNG that cannot be read; see errors")
    @APIResponse(responseCode = "503", description = "Too many requests at once")
    @APIResponse(responseCode = "504", description = "No reply in time")
    public Uni<byte[]> preview(byte[] png, @BeanParam TimeoutHeaders wait, @Context HttpServerRequest request) {
        Duration limit = wait.limit(predictionService.timeout());
        return admission
                .predict(request, () -> predictionService.preview(png, limit))
                .map(outcome -> {
                    if (outcome instanceof PredictReply.InputImage input) {
                        return PngWriter.grey(DigitImageDecoder.SIDE, DigitImageDecoder.SIDE, input.image());
                    }
                    throw PredictionService.problem(outcome);
                });
    }

    @POST
    @PermissionsAllowed(Permissions.PREDICT)
    @Consumes(MediaType.MULTIPART_FORM_DATA)
    @NonBlocking
    @Operation(hidden = true)
    public Uni<byte[]> previewPart(
            byte[] form,
            @HeaderParam(HttpHeaders.CONTENT_TYPE) String contentType,
            @BeanParam TimeoutHeaders wait,
            @Context HttpServerRequest request) {
        return preview(PredictionService.image(form, contentType), wait, request);
    }
}
