package dev.trainyard.gateway.predictions.inference;

import dev.trainyard.gateway.models.ModelName;
import dev.trainyard.gateway.permission.CurrentProject;
import dev.trainyard.gateway.permission.Permissions;
import dev.trainyard.gateway.predictions.PredictionAdmission;
import dev.trainyard.gateway.predictions.PredictorClient;
import dev.trainyard.gateway.predictions.TimeoutHeaders;
import io.quarkus.security.PermissionsAllowed;
import io.smallrye.common.annotation.Blocking;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.vertx.core.http.HttpServerRequest;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;
import org.jspecify.annotations.Nullable;

/** Predictions on tensors (Open Inference Protocol, version 2). */
@Path("/v2")
@Consumes(MediaType.WILDCARD)
@Blocking
@Tag(name = "inference", description = "Open Inference Protocol v2, for clients of KServe and Triton")
public class InferResource {
    static final String JSON_LENGTH = "Inference-Header-Content-Length";

    private final TensorPredictor predictor;
    private final PredictionAdmission admission;
    private final InferenceModels models;
    private final Duration timeout;
    private final CurrentProject project;

    InferResource(
            TensorPredictor predictor,
            InferenceModels models,
            PredictorClient predictions,
            PredictionAdmission admission,
            CurrentProject project) {
        this.project = project;
        this.admission = admission;
        this.predictor = predictor;
        this.models = models;
        this.timeout = predictions.timeout();
    }

    @POST
    @PermissionsAllowed(Permissions.PREDICT)
    @Path("models/{name}/infer")
    @Operation(
            summary = "Predict the digits on up to 256 images, sent as a tensor",
            description = "Input image, FP32 [N,1,28,28] (or [N,28,28], [N,784]), 0 black to 1 white, a light digit on "
                    + "black; outputs probabilities FP32 [N,10] and prediction INT64 [N]. Tensors may follow the JSON "
                    + "as bytes (Inference-Header-Content-Length).")
    @RequestBody(
            required = true,
            content = {
                @Content(mediaType = MediaType.APPLICATION_JSON, schema = @Schema(type = SchemaType.OBJECT)),
                @Content(
                        mediaType = MediaType.APPLICATION_OCTET_STREAM,
                        schema = @Schema(type = SchemaType.STRING, format = "binary"))
            })
    @APIResponse(responseCode = "200", description = "model_name, model_version, id, outputs")
    @APIResponse(responseCode = "400", description = "{\"error\": reason}")
    @APIResponse(responseCode = "404", description = "{\"error\": no such model or version}")
    @APIResponse(responseCode = "503", description = "{\"error\": the model is not served now}")
    @APIResponse(responseCode = "504", description = "{\"error\": no reply in time}")
    public Uni<Response> infer(
            @RestPath String name,
            byte[] body,
            @Parameter(hidden = true) @HeaderParam(JSON_LENGTH) String jsonLength,
            @BeanParam TimeoutHeaders wait,
            @Context HttpServerRequest request) {
        return answer(stored(name), null, body, jsonLength, wait.limit(timeout), request);
    }

    @POST
    @PermissionsAllowed(Permissions.PREDICT)
    @Path("models/{name}/versions/{version}/infer")
    @Operation(summary = "The same with a given version of the model")
    @RequestBody(
            required = true,
            content = @Content(mediaType = MediaType.APPLICATION_JSON, schema = @Schema(type = SchemaType.OBJECT)))
    public Uni<Response> inferVersion(
            @RestPath String name,
            @RestPath String version,
            byte[] body,
            @Parameter(hidden = true) @HeaderParam(JSON_LENGTH) String jsonLength,
            @BeanParam TimeoutHeaders wait,
            @Context HttpServerRequest request) {
        return answer(stored(name), version, body, jsonLength, wait.limit(timeout), request);
    }

    private String stored(String name) {
        return ModelName.stored(project.name(), name);
    }

    private Uni<Response> answer(
            String name,
            @Nullable String version,
            byte[] body,
            String jsonLength,
            Duration longest,
            HttpServerRequest http) {
        InferRequest request = InferRequestReader.read(body, jsonLength);
        Duration asked = request.timeout();
        Duration limit = asked != null && asked.compareTo(longest) < 0 ? asked : longest;
        return admission
                .predict(http, request.count(), TensorPredictor.WIDTH, limit, () -> Uni.createFrom()
                        .completionStage(predictor.predict(
                                name, models.number(name, version), request.images(), request.count(), limit)))
                .emitOn(Infrastructure.getDefaultWorkerPool())
                .onFailure()
                .transform(failure -> toProblem(failure, name, version))
                .map(predictions -> response(request, predictions, name, version));
    }

    private @Nullable Throwable toProblem(Throwable failure, String name, @Nullable String version) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        return cause instanceof TensorPredictor.ModelNotServedException ? models.notServed(name, version) : cause;
    }

    private Response response(
            InferRequest request,
            TensorPredictor.TensorPredictions predictions,
            String name,
            @Nullable String version) {
        if (version != null && !version.equals(String.valueOf(predictions.version()))) {
            throw models.notServed(name, version);
        }
        InferResponse response = InferResponse.of(request, predictions);
        return response.isBinary()
                ? Response.ok(response.bytes(), MediaType.APPLICATION_OCTET_STREAM)
                        .header(JSON_LENGTH, response.jsonLength())
                        .build()
                : Response.ok(response.bytes(), MediaType.APPLICATION_JSON_TYPE).build();
    }
}
