package dev.trainyard.gateway.models;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.trainyard.artifact.ArtifactStore;
import dev.trainyard.artifact.ModelMetadata;
import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.gateway.problem.ProblemType;
import dev.trainyard.job.TrainingResult;
import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;

/** Reads the model registry. */
@Path("/api/v1/models")
@Produces(MediaType.APPLICATION_JSON)
@Blocking
@Tag(name = "models", description = "What trainings published")
public class ModelResource {
    private final ModelRegistry registry;
    private final ArtifactStore artifacts;

    ModelResource(ModelRegistry registry, ArtifactStore artifacts) {
        this.registry = registry;
        this.artifacts = artifacts;
    }

    /** All versions of all models, newest first. */
    public record Models(List<View> models) {}

    /**
     * One version.
     *
     * @param jobKey the training it came from; null for the model that came with the platform
     * @param metadata full provenance; absent in lists
     */
    public record View(
            String name,
            int version,
            boolean active,
            UUID jobKey,
            TrainingResult metrics,
            Instant createdAt,
            String onnxUrl,
            long onnxSize,
            String onnxSha256,
            @JsonInclude(JsonInclude.Include.NON_NULL) ModelMetadata metadata) {}

    @GET
    @Operation(summary = "All models and their versions")
    public Models list() {
        return new Models(registry.all().stream().map(v -> view(v, null)).toList());
    }

    @GET
    @Path("{name}/versions/{version}")
    @Operation(summary = "One version with its provenance")
    @APIResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = View.class)))
    @APIResponse(responseCode = "404", description = "No such version")
    public View get(@RestPath String name, @RestPath String version) {
        ModelRegistry.Version found = find(name, version);
        return view(found, found.metadata());
    }

    @GET
    @Path("{name}/versions/{version}/model.onnx")
    @Produces(MediaType.APPLICATION_OCTET_STREAM)
    @Operation(summary = "The ONNX file of a version")
    @APIResponse(responseCode = "404", description = "No such version")
    public Response download(@RestPath String name, @RestPath String version) throws IOException {
        ModelRegistry.Version found = find(name, version);
        return Response.ok(artifacts.read(found.onnx()))
                .header("Content-Disposition", "attachment; filename=\"%s-%d.onnx\"".formatted(name, found.version()))
                .header("ETag", '"' + found.onnx().sha256() + '"')
                .build();
    }

    private ModelRegistry.Version find(String name, String version) {
        if (version.matches("[0-9]{1,9}")) {
            var found = registry.find(name, Integer.parseInt(version));
            if (found.isPresent()) {
                return found.get();
            }
        }
        throw new ProblemException(
                ProblemType.NOT_FOUND,
                "There is no version %s of model %s; GET /api/v1/models lists all.".formatted(version, name));
    }

    private static View view(ModelRegistry.Version v, ModelMetadata metadata) {
        return new View(
                v.name(),
                v.version(),
                v.active(),
                v.metadata().jobKey(),
                v.metadata().metrics(),
                v.createdAt(),
                "/api/v1/models/%s/versions/%d/model.onnx".formatted(v.name(), v.version()),
                v.onnx().size(),
                v.onnx().sha256(),
                metadata);
    }
}
