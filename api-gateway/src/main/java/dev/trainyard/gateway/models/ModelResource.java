package dev.trainyard.gateway.models;

import dev.trainyard.artifact.ArtifactBackend;
import dev.trainyard.artifact.ArtifactRef;
import dev.trainyard.artifact.ConfusionMatrix;
import dev.trainyard.artifact.DamagedArtifactException;
import dev.trainyard.artifact.StorageRefusedException;
import dev.trainyard.artifact.StorageUnavailableException;
import dev.trainyard.gateway.http.PageLimit;
import dev.trainyard.gateway.permission.CurrentProject;
import dev.trainyard.gateway.permission.Permissions;
import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.gateway.problem.ProblemType;
import dev.trainyard.validation.Violation;
import io.quarkus.security.PermissionsAllowed;
import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestQuery;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the model registry. */
@Path("/api/v1/models")
@Produces(MediaType.APPLICATION_JSON)
@Blocking
@Tag(name = "models", description = "Published models, their versions and aliases")
public class ModelResource {
    private static final Logger LOG = LoggerFactory.getLogger(ModelResource.class);

    private final ModelQueries queries;
    private final ArtifactBackend artifacts;
    private final PredictorReports reports;
    private final CurrentProject project;

    ModelResource(ModelQueries queries, ArtifactBackend artifacts, PredictorReports reports, CurrentProject project) {
        this.project = project;
        this.reports = reports;
        this.queries = queries;
        this.artifacts = artifacts;
    }

    @GET
    @PermissionsAllowed(Permissions.READ)
    @Operation(summary = "Versions of all models of the project")
    @APIResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = ModelView.Page.class)))
    @APIResponse(responseCode = "422", description = "Invalid query")
    public ModelView.Page list(
            @Parameter(description = "Only versions of this model") @RestQuery String name,
            @Parameter(
                            description = "By name, then the newest first; or the newest of all models first",
                            schema =
                                    @Schema(
                                            enumeration = {"name", "newest"},
                                            defaultValue = "name"))
                    @RestQuery
                    @DefaultValue("name")
                    String order,
            @Parameter(
                            description = "Largest number of versions in the response",
                            schema =
                                    @Schema(
                                            type = SchemaType.INTEGER,
                                            minimum = "1",
                                            maximum = PageLimit.MAXIMUM,
                                            defaultValue = "50"))
                    @RestQuery
                    @DefaultValue("50")
                    String limit,
            @Parameter(
                            description = "next_cursor of an earlier response with the same order",
                            example = "AAAAAkRpZ2l0TW9kZWw")
                    @RestQuery
                    String cursor) {
        List<Violation> errors = new ArrayList<>();
        int count = PageLimit.read(limit, errors);
        Optional<ModelQueries.Order> known = ModelQueries.Order.of(order);
        if (known.isEmpty()) {
            errors.add(new Violation("?order", "must be name or newest"));
        }
        Optional<ModelCursor> after =
                Optional.ofNullable(cursor).flatMap(text -> ModelCursor.parse(project.name(), text));
        if (cursor != null && after.isEmpty()) {
            errors.add(new Violation("?cursor", "must be a next_cursor of an earlier response"));
        }
        if (!errors.isEmpty()) {
            throw ProblemException.invalid(errors);
        }
        ModelQueries.Page page = queries.list(
                project.name(),
                name == null ? null : ModelName.stored(project.name(), name),
                known.orElseThrow(),
                count,
                after.orElse(null));
        return new ModelView.Page(
                page.versions().stream()
                        .map(version -> ModelView.brief(version, reports))
                        .toList(),
                page.next() == null ? null : page.next().text());
    }

    @GET
    @PermissionsAllowed(Permissions.READ)
    @Path("{name}")
    @Operation(summary = "One model: its aliases and their moves, its route, its newest versions")
    @APIResponse(
            responseCode = "200",
            content = @Content(schema = @Schema(implementation = ModelView.ModelDetails.class)))
    @APIResponse(responseCode = "404", description = "No such model")
    @APIResponse(responseCode = "410", description = "The model was deleted")
    public ModelView.ModelDetails get(@RestPath String name) {
        return ModelView.details(model(queries, project, name), reports);
    }

    @GET
    @PermissionsAllowed(Permissions.READ)
    @Path("{name}/versions/{version}")
    @Operation(summary = "One version with its lineage, also if it is deleted")
    @APIResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = ModelView.class)))
    @APIResponse(responseCode = "404", description = "No such version")
    public ModelView getVersion(@RestPath String name, @RestPath String version) {
        return ModelView.withMetadata(find(name, version), reports);
    }

    @GET
    @PermissionsAllowed(Permissions.READ)
    @Path("{name}/versions/{version}/model.onnx")
    @Produces(MediaType.APPLICATION_OCTET_STREAM)
    @Operation(summary = "The ONNX file of a version")
    @APIResponse(
            responseCode = "200",
            description = "The file",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_OCTET_STREAM,
                            schema = @Schema(type = SchemaType.STRING, format = "binary")))
    @APIResponse(responseCode = "404", description = "No such version")
    @APIResponse(responseCode = "410", description = "The version was deleted")
    @APIResponse(responseCode = "503", description = "Its file is missing or damaged")
    public Response download(@RestPath String name, @RestPath String version) throws IOException {
        ModelQueries.Version found = find(name, version);
        if (found.deletedAt() != null) {
            throw deleted(name, found.version());
        }
        return ok(file(found, found.onnx()))
                .header("Content-Disposition", "attachment; filename=\"%s-%d.onnx\"".formatted(name, found.version()))
                .header("ETag", '"' + found.onnx().sha256() + '"')
                .build();
    }

    @GET
    @PermissionsAllowed(Permissions.READ)
    @Path("{name}/versions/{version}/mistakes.png")
    @Produces("image/png")
    @Operation(
            summary = "Test images that a version classified wrongly, in one PNG",
            description = "Stacked vertically in the order of metadata.confusion.examples")
    @APIResponse(
            responseCode = "200",
            description = "The PNG",
            content = @Content(mediaType = "image/png", schema = @Schema(type = SchemaType.STRING, format = "binary")))
    @APIResponse(responseCode = "404", description = "No such version, or its mistakes were not stored")
    @APIResponse(responseCode = "410", description = "The version was deleted")
    @APIResponse(responseCode = "503", description = "Its file is missing or damaged")
    public Response mistakes(@RestPath String name, @RestPath String version) throws IOException {
        ModelQueries.Version found = find(name, version);
        if (found.deletedAt() != null) {
            throw deleted(name, found.version());
        }
        ConfusionMatrix confusion = found.metadata().confusion();
        if (confusion == null || confusion.pictures() == null) {
            throw new ProblemException(
                    ProblemType.NOT_FOUND,
                    "The mistakes of version %s of model %s were not stored; versions of newer trainings have them."
                            .formatted(version, name));
        }
        return ok(file(found, confusion.pictures()))
                .header("ETag", '"' + confusion.pictures().sha256() + '"')
                .build();
    }

    /** Sets the length explicitly, because the file is not opened for HEAD. */
    private static Response.ResponseBuilder ok(java.nio.file.Path file) throws IOException {
        return Response.ok(file).header("Content-Length", Files.size(file));
    }

    /** Returns the file to send from the disk, so that many downloads do not fill the memory. */
    private java.nio.file.Path file(ModelQueries.Version version, ArtifactRef file) throws IOException {
        try {
            return artifacts.checkedFile(file);
        } catch (StorageUnavailableException | StorageRefusedException e) {
            LOG.error("the file {} cannot be read: {}", file.path(), e.toString());
            throw new ProblemException(
                    ProblemType.MODEL_UNAVAILABLE,
                    "The file %s cannot be read at the moment: %s".formatted(file.path(), e.getMessage()));
        } catch (NoSuchFileException | DamagedArtifactException e) {
            LOG.error(
                    "a file of model {} version {} cannot be read: {}",
                    version.name(),
                    version.version(),
                    e.toString());
            throw new ProblemException(
                    ProblemType.MODEL_UNAVAILABLE,
                    "The file %s of version %d of model %s is %s. Restore it, or point its aliases to another version and delete it."
                            .formatted(
                                    file.path(),
                                    version.version(),
                                    ModelName.plain(version.name()),
                                    e instanceof NoSuchFileException ? "not in the artifact store" : "damaged"));
        }
    }

    private ModelQueries.Version find(String name, String version) {
        return version(queries, project, name, version);
    }

    /** @throws ProblemException if there is no such version in the project */
    public static ModelQueries.Version version(
            ModelQueries queries, CurrentProject project, String name, String version) {
        return queries.find(ModelName.stored(project.name(), name), number(name, version))
                .orElseThrow(() -> noVersion(name, version));
    }

    static ModelQueries.Model model(ModelQueries queries, CurrentProject project, String name) {
        ModelQueries.Model model =
                queries.find(ModelName.stored(project.name(), name)).orElseThrow(() -> noModel(name));
        if (model.versions().isEmpty()) {
            throw deletedModel(name);
        }
        return model;
    }

    static ProblemException deletedModel(String name) {
        return new ProblemException(
                ProblemType.GONE,
                "All versions of model %s were deleted; the next training or import that publishes under this name restores it."
                        .formatted(name));
    }

    static int number(String name, String version) {
        if (!version.matches("[0-9]{1,9}")) {
            throw noVersion(name, version);
        }
        return Integer.parseInt(version);
    }

    static ProblemException noModel(String name) {
        return new ProblemException(
                ProblemType.NOT_FOUND, "There is no model %s; GET /api/v1/models lists all.".formatted(name));
    }

    static ProblemException noVersion(String name, String version) {
        return new ProblemException(
                ProblemType.NOT_FOUND,
                "There is no version %s of model %s; GET /api/v1/models lists all.".formatted(version, name));
    }

    static ProblemException deleted(String name, int version) {
        return new ProblemException(
                ProblemType.GONE,
                "Version %d of model %s was deleted; GET /api/v1/models?name=%s lists the existing ones."
                        .formatted(version, name, name));
    }
}
