package dev.trainyard.gateway.prediction.tensor;

import dev.trainyard.gateway.GatewayLifecycle;
import dev.trainyard.gateway.problem.ProblemException;
import io.smallrye.common.annotation.Blocking;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
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

/** What clients of the Open Inference Protocol ask before they infer. */
@Path("/v2")
@Produces(MediaType.APPLICATION_JSON)
@Blocking
@Tag(name = "inference")
public class ProtocolResource {
    private static final Duration PROBE_LIMIT = Duration.ofSeconds(1);

    private final GatewayLifecycle start;
    private final TensorAsker asker;
    private final ProtocolModels models;
    private final String version;

    ProtocolResource(
            GatewayLifecycle start,
            TensorAsker asker,
            ProtocolModels models,
            @ConfigProperty(name = "quarkus.application.version", defaultValue = "unknown") String version) {
        this.start = start;
        this.asker = asker;
        this.models = models;
        this.version = version;
    }

    /** Metadata of the server. */
    public record Server(String name, String version, List<String> extensions) {}

    /** Whether a model answers. */
    public record Ready(String name, boolean ready) {}

    @GET
    @Operation(summary = "Name, version and extensions of this server")
    public Server server() {
        return new Server("trainyard", version, List.of("binary_tensor_data"));
    }

    @GET
    @Path("health/live")
    @Operation(summary = "Whether this server lives")
    public Map<String, Boolean> live() {
        return Map.of("live", true);
    }

    @GET
    @Path("health/ready")
    @Operation(summary = "Whether this server takes requests")
    @APIResponse(responseCode = "200", description = "It does")
    @APIResponse(responseCode = "503", description = "It does not yet")
    public Response ready() {
        boolean ready = start.notReady() == null;
        return Response.status(ready ? 200 : 503)
                .entity(Map.of("live", true, "ready", ready))
                .build();
    }

    @GET
    @Path("models/{name}")
    @Operation(summary = "Tensors of a model, and the version that answers")
    @APIResponse(
            responseCode = "200",
            description = "Its inputs and outputs",
            content = @Content(schema = @Schema(implementation = ModelCard.class)))
    @APIResponse(responseCode = "404", description = "{\"error\": no such model}")
    public ModelCard model(@RestPath String name) {
        return models.card(name, null);
    }

    @GET
    @Path("models/{name}/versions/{version}")
    @Operation(summary = "Tensors of a version")
    @APIResponse(
            responseCode = "200",
            description = "Its inputs and outputs",
            content = @Content(schema = @Schema(implementation = ModelCard.class)))
    @APIResponse(responseCode = "404", description = "{\"error\": no such version}")
    public ModelCard modelVersion(@RestPath String name, @RestPath String version) {
        return models.card(name, version);
    }

    @GET
    @Path("models/{name}/ready")
    @Operation(summary = "Whether a predictor answers for this model now; it is asked about a blank picture")
    @APIResponse(responseCode = "200", description = "It does")
    @APIResponse(responseCode = "404", description = "{\"error\": no such model}")
    @APIResponse(responseCode = "503", description = "It does not now")
    public Uni<Response> modelReady(@RestPath String name) {
        return probe(name, null);
    }

    @GET
    @Path("models/{name}/versions/{version}/ready")
    @Operation(summary = "Whether a predictor answers with this version now")
    @APIResponse(responseCode = "200", description = "It does")
    @APIResponse(responseCode = "404", description = "{\"error\": no such version}")
    @APIResponse(responseCode = "503", description = "It does not now")
    public Uni<Response> versionReady(@RestPath String name, @RestPath String version) {
        return probe(name, version);
    }

    private Uni<Response> probe(String name, String wanted) {
        models.card(name, wanted);
        return Uni.createFrom()
                .completionStage(
                        asker.ask(name, models.number(name, wanted), new float[InferRequest.PIXELS], 1, PROBE_LIMIT))
                .map(answers -> wanted == null || wanted.equals(String.valueOf(answers.version())))
                .onFailure(failure -> failure instanceof ProblemException || failure instanceof TensorAsker.NotServed)
                .recoverWithItem(false)
                .emitOn(Infrastructure.getDefaultWorkerPool())
                .map(ready -> Response.status(ready ? 200 : 503)
                        .entity(new Ready(name, ready))
                        .build());
    }
}
