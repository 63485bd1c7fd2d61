package dev.trainyard.gateway.predictions;

import dev.trainyard.gateway.permission.CurrentProject;
import dev.trainyard.gateway.permission.Permissions;
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

/** Predicts the digit on an image, at once or asynchronously. */
@Path("/api/v1/predict")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "predict", description = "Predict the digit on an image")
public class PredictResource {
    private final PredictionService predictionService;
    private final AsyncPredictionAcceptor asyncPredictions;
    private final PredictionAdmission admission;
    private final CurrentProject project;

    PredictResource(
            PredictionService predictionService,
            AsyncPredictionAcceptor asyncPredictions,
            PredictionAdmission admission,
            CurrentProject project) {
        this.project = project;
        this.predictionService = predictionService;
        this.admission = admission;
        this.asyncPredictions = asyncPredictions;
    }

    @POST
    @PermissionsAllowed(Permissions.PREDICT)
    @Consumes("image/png")
    @NonBlocking
    @Operation(
            summary = "Predict the digit on a PNG",
            description = "The body is the PNG; or multipart/form-data with a part named image. Any colour type, depth"
                    + " and interlacing; at most 5 MB and 4096×4096 pixels. An image that does not look like a digit"
                    + " gets a null prediction, a message with the reason, and a best_guess. With Prefer: respond-async"
                    + " the result is available later, at the status_url")
    @RequestBody(
            required = true,
            content = {
                // first, because generated clients use the first one and not all of them can send a plain file
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
            description = "Accepted; the result is available later",
            content = @Content(schema = @Schema(implementation = AsyncPredictionAcceptor.Accepted.class)))
    @APIResponse(responseCode = "404", description = "No such model, version or alias")
    @APIResponse(responseCode = "410", description = "The version was deleted")
    @APIResponse(responseCode = "413", description = "Over 5 MB")
    @APIResponse(responseCode = "415", description = "Not a PNG")
    @APIResponse(responseCode = "422", description = "A PNG that cannot be read, or an invalid parameter; see errors")
    @APIResponse(responseCode = "429", description = "Too many asynchronous predictions are pending")
    @APIResponse(
            responseCode = "503",
            description = "No active model, a version that cannot be loaded, or too many requests at once")
    @APIResponse(responseCode = "504", description = "No reply in time")
    public Uni<Response> predict(
            byte[] png,
            @BeanParam RequestOptionParameters options,
            @BeanParam PreferenceHeaders preferences,
            @Context HttpServerRequest request) {
        return answer(png, options.read(project), preferences, request);
    }

    @POST
    @PermissionsAllowed(Permissions.PREDICT)
    @Consumes(MediaType.MULTIPART_FORM_DATA)
    @NonBlocking
    @Operation(hidden = true)
    public Uni<Response> predictPart(
            byte[] form,
            @HeaderParam(HttpHeaders.CONTENT_TYPE) String contentType,
            @BeanParam RequestOptionParameters options,
            @BeanParam PreferenceHeaders preferences,
            @Context HttpServerRequest request) {
        RequestOptions requestOptions = options.read(project);
        return answer(PredictionService.image(form, contentType), requestOptions, preferences, request);
    }

    private Uni<Response> answer(
            byte[] png, RequestOptions options, PreferenceHeaders preferences, HttpServerRequest request) {
        Duration limit = preferences.limit(predictionService.timeout());
        if (preferences.respondAsync()) {
            admission.admit(request, 1);
            PredictionService.check(png);
            return asyncPredictions.accept(png, options, preferences);
        }
        return admission
                .predict(request, () -> predictionService.predict(png, options, limit))
                .map(answer -> {
                    ResponseOptions responseOptions = new ResponseOptions(answer.alias(), options.outliers());
                    return Response.ok(ExplainedPrediction.of(answer.reply(), responseOptions))
                            .build();
                });
    }
}
