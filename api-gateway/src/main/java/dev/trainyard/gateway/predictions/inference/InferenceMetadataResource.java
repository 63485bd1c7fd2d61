package dev.trainyard.gateway.predictions.inference;

import dev.trainyard.gateway.models.ModelName;
import dev.trainyard.gateway.permission.CurrentProject;
import dev.trainyard.gateway.permission.Permissions;
import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.gateway.runtime.Readiness;
import io.quarkus.security.PermissionsAllowed;
import io.smallrye.common.annotation.Blocking;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.annotation.security.PermitAll;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;
import org.jspecify.annotations.Nullable;

/** Health and metadata endpoints of the Open Inference Protocol. */
@Path("/v2")
@Produces(MediaType.APPLICATION_JSON)
@Blocking
@Tag(name = "inference")
public class InferenceMetadataResource {
    private static final Duration PROBE_LIMIT = Duration.ofSeconds(1);

    private final Readiness readiness;
    private final TensorPredictor predictor;
    private final InferenceModels models;
    private final String version;
    private final CurrentProject project;

    InferenceMetadataResource(
            Readiness readiness,
            TensorPredictor predictor,
            InferenceModels models,
            @ConfigProperty(name = "quarkus.application.version", defaultValue = "unknown") String version,
            CurrentProject project) {
        this.project = project;
        this.readiness = readiness;
        this.predictor = predictor;
        this.models = models;
        this.version = version;
    }

    /** Metadata of the server. */
    public record Server(String name, String version, List<String> extensions) {}

    /** Readiness of a model. */
    public record Ready(String name, boolean ready) {}

    @GET
    @PermissionsAllowed({Permissions.READ, Permissions.PREDICT})
    @Operation(summary = "Name, version and extensions of this server")
    public Server server() {
        return new Server("trainyard", version, List.of("binary_tensor_data"));
    }

    @GET
    @PermitAll
    @Path("health/live")
    @Operation(summary = "Liveness of this server")
    public Map<String, Boolean> live() {
        return Map.of("live", true);
    }

    @GET
    @PermitAll
    @Path("health/ready")
    @Operation(summary = "Readiness of this server")
    @APIResponse(responseCode = "200", description = "Ready")
    @APIResponse(responseCode = "503", description = "Not ready yet")
    public Response ready() {
        boolean ready = readiness.notReady() == null;
        return Response.status(ready ? 200 : 503)
                .entity(Map.of("live", true, "ready", ready))
                .build();
    }

    @GET
    @PermissionsAllowed({Permissions.READ, Permissions.PREDICT})
    @Path("models/{name}")
    @Operation(summary = "Inputs and outputs of a model, and its versions")
    @APIResponse(
            responseCode = "200",
            description = "Its inputs and outputs",
            content = @Content(schema = @Schema(implementation = InferenceModelMetadata.class)))
    @APIResponse(responseCode = "404", description = "{\"error\": no such model}")
    public InferenceModelMetadata model(@RestPath String name) {
        return models.metadata(stored(name), null);
    }

    @GET
    @PermissionsAllowed({Permissions.READ, Permissions.PREDICT})
    @Path("models/{name}/versions/{version}")
    @Operation(summary = "Inputs and outputs of a version")
    @APIResponse(
            responseCode = "200",
            description = "Its inputs and outputs",
            content = @Content(schema = @Schema(implementation = InferenceModelMetadata.class)))
    @APIResponse(responseCode = "404", description = "{\"error\": no such version}")
    public InferenceModelMetadata modelVersion(@RestPath String name, @RestPath String version) {
        return models.metadata(stored(name), version);
    }

    @GET
    @PermissionsAllowed({Permissions.READ, Permissions.PREDICT})
    @Path("models/{name}/ready")
    @Operation(summary = "Readiness of a model: a predictor has to predict a blank image")
    @APIResponse(responseCode = "200", description = "Ready")
    @APIResponse(responseCode = "404", description = "{\"error\": no such model}")
    @APIResponse(responseCode = "503", description = "Not ready")
    public Uni<Response> modelReady(@RestPath String name) {
        return probe(stored(name), null);
    }

    @GET
    @PermissionsAllowed({Permissions.READ, Permissions.PREDICT})
    @Path("models/{name}/versions/{version}/ready")
    @Operation(summary = "Readiness of a version")
    @APIResponse(responseCode = "200", description = "Ready")
    @APIResponse(responseCode = "404", description = "{\"error\": no such version}")
    @APIResponse(responseCode = "503", description = "Not ready")
    public Uni<Response> versionReady(@RestPath String name, @RestPath String version) {
        return probe(stored(name), version);
    }

    private String stored(String name) {
        return ModelName.stored(project.name(), name);
    }

    private Uni<Response> probe(String name, @Nullable String version) {
        models.metadata(name, version);
        return Uni.createFrom()
                .completionStage(predictor.predict(
                        name, models.number(name, version), new float[InferRequest.PIXELS], 1, PROBE_LIMIT))
                .map(answers -> version == null || version.equals(String.valueOf(answers.version())))
                .onFailure(failure -> failure instanceof ProblemException
                        || failure instanceof TensorPredictor.ModelNotServedException)
                .recoverWithItem(false)
                .emitOn(Infrastructure.getDefaultWorkerPool())
                .map(ready -> Response.status(ready ? 200 : 503)
                        .entity(new Ready(ModelName.plain(name), ready))
                        .build());
    }
}
