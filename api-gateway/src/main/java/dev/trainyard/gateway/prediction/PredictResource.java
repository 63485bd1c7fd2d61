package dev.trainyard.gateway.prediction;

import dev.trainyard.gateway.prediction.async.AsyncPredictionService;
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
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.media.SchemaProperty;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Where a predict request goes. */
@Path("/api/v1/predict")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "predict", description = "Which digit is on a picture")
public class PredictResource {
    private final PredictionService predictionService;
    private final AsyncPredictionService kept;
    private final PredictionAdmission admission;

    PredictResource(PredictionService predictionService, AsyncPredictionService kept, PredictionAdmission admission) {
        this.predictionService = predictionService;
        this.admission = admission;
        this.kept = kept;
    }

    @POST
    @Consumes("image/png")
    @NonBlocking
    @Operation(
            summary = "Which digit is on this PNG",
            description = "The body is the PNG; or multipart/form-data with a part named image. Any colour type, depth"
                    + " and interlacing; at most 5 MB and 4096×4096 pixels. A picture that looks like no digit has a"
                    + " null prediction, a message that says why, and a best_guess. With Prefer: respond-async it is"
                    + " answered later, at the status_url")
    @RequestBody(
            required = true,
            content = {
                // first, for generated clients take the first, and not all of them send a file as it is
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
                                                        format = "binary"))),
                @Content(mediaType = "image/png", schema = @Schema(type = SchemaType.STRING, format = "binary"))
            })
    @APIResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = ExplainedPrediction.class)))
    @APIResponse(
            responseCode = "202",
            description = "Kept, to be answered later",
            content = @Content(schema = @Schema(implementation = AsyncPredictionService.Accepted.class)))
    @APIResponse(responseCode = "404", description = "No such model, version or alias")
    @APIResponse(responseCode = "410", description = "The version was deleted")
    @APIResponse(responseCode = "413", description = "Over 5 MB")
    @APIResponse(responseCode = "415", description = "No PNG")
    @APIResponse(
            responseCode = "422",
            description = "A PNG that cannot be read, or a parameter that is not known; errors say what is wrong")
    @APIResponse(responseCode = "429", description = "Too many that are answered later wait already")
    @APIResponse(
            responseCode = "503",
            description = "No active model, a version that cannot be loaded, or too much at once")
    @APIResponse(responseCode = "504", description = "No answer in time")
    public Uni<Response> predict(
            byte[] png,
            @BeanParam RequestOptionParameters asking,
            @BeanParam PreferenceHeaders wishes,
            @Context HttpServerRequest request) {
        return answer(png, asking.read(), wishes, request);
    }

    @POST
    @Consumes(MediaType.MULTIPART_FORM_DATA)
    @NonBlocking
    @Operation(hidden = true)
    public Uni<Response> predictPart(
            byte[] form,
            @HeaderParam(HttpHeaders.CONTENT_TYPE) String contentType,
            @BeanParam RequestOptionParameters asking,
            @BeanParam PreferenceHeaders wishes,
            @Context HttpServerRequest request) {
        RequestOptions asked = asking.read();
        return answer(PredictionService.image(form, contentType), asked, wishes, request);
    }

    private Uni<Response> answer(byte[] png, RequestOptions asking, PreferenceHeaders wishes, HttpServerRequest request) {
        Duration limit = wishes.limit(predictionService.timeout());
        if (wishes.respondAsync()) {
            admission.admit(request, 1);
            PredictionService.check(png);
            return kept.accept(png, asking, wishes);
        }
        return admission.predict(request, () -> predictionService.predict(png, asking, limit)).map(answer -> {
            ResponseOptions telling = new ResponseOptions(answer.alias(), asking.outliers());
            return Response.ok(ExplainedPrediction.of(answer.reply(), telling)).build();
        });
    }
}
