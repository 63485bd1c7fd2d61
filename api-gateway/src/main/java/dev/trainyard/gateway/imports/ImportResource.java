package dev.trainyard.gateway.imports;

import dev.trainyard.gateway.http.AdminToken;
import dev.trainyard.gateway.http.MultipartForm;
import dev.trainyard.gateway.jobs.TrainResource;
import dev.trainyard.gateway.permission.CurrentProject;
import dev.trainyard.gateway.permission.Permissions;
import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.gateway.problem.ProblemType;
import dev.trainyard.job.TrainingConfigReader;
import dev.trainyard.validation.Violation;
import io.quarkus.security.PermissionsAllowed;
import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.enums.SecuritySchemeType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.media.SchemaProperty;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.security.SecurityRequirement;
import org.eclipse.microprofile.openapi.annotations.security.SecurityScheme;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Imports models that were trained elsewhere. */
@SecurityScheme(
        securitySchemeName = "admin",
        type = SecuritySchemeType.HTTP,
        scheme = "bearer",
        description = "The gateway's trainyard.admin.token")
@Path("/api/v1/models")
@Produces(MediaType.APPLICATION_JSON)
@Blocking
@Tag(name = "models")
public class ImportResource {
    private final ModelImports imports;
    private final AdminToken admin;
    private final CurrentProject project;

    ImportResource(ModelImports imports, AdminToken admin, CurrentProject project) {
        this.project = project;
        this.imports = imports;
        this.admin = admin;
    }

    @POST
    @PermissionsAllowed(Permissions.ADMINISTER)
    @Consumes(MediaType.MULTIPART_FORM_DATA)
    @SecurityRequirement(name = "admin")
    @Operation(
            summary = "Import a model that was trained elsewhere; for administrators",
            description = "A form with the file model, Keras 2 HDF5 or ONNX, up to 32 MB; name, by default DigitModel; "
                    + "and the file reference, a NumPy archive of images and probabilities that the model must "
                    + "agree with. A trainer checks it, measures it and publishes it as the next version.")
    @APIResponse(
            responseCode = "202",
            description = "Stored and queued; poll status_url",
            content = @Content(schema = @Schema(implementation = TrainResource.Accepted.class)))
    @APIResponse(responseCode = "401", description = "Wrong token")
    @APIResponse(responseCode = "403", description = "The gateway has no trainyard.admin.token")
    @APIResponse(responseCode = "413", description = "A file is too large")
    @APIResponse(responseCode = "422", description = "A file is missing or not supported")
    @APIResponse(responseCode = "507", description = "Too little free disk space")
    @RequestBody(
            required = true,
            content =
                    @Content(
                            mediaType = MediaType.MULTIPART_FORM_DATA,
                            schema =
                                    @Schema(
                                            type = SchemaType.OBJECT,
                                            requiredProperties = "model",
                                            properties = {
                                                @SchemaProperty(
                                                        name = "model",
                                                        type = SchemaType.STRING,
                                                        format = "binary"),
                                                @SchemaProperty(
                                                        name = "reference",
                                                        type = SchemaType.STRING,
                                                        format = "binary"),
                                                @SchemaProperty(name = "name", type = SchemaType.STRING)
                                            })))
    public Response importModel(
            byte[] form,
            @Parameter(hidden = true) @HeaderParam(HttpHeaders.CONTENT_TYPE) String contentType,
            @Parameter(hidden = true) @HeaderParam(HttpHeaders.AUTHORIZATION) String authorization,
            @HeaderParam("Idempotency-Key") String idempotencyKey)
            throws IOException {
        admin.require(authorization);
        TrainResource.requireKey(idempotencyKey);
        List<MultipartForm.Part> parts = MultipartForm.read(form, contentType);
        MultipartForm.Part model = MultipartForm.named("model", parts)
                .filter(part -> part.fileName() != null)
                .orElseThrow(() -> ProblemException.invalid(List.of(new Violation(
                        "/model", "is required; send the file as a part of that name, with its file name"))));
        ModelImports.ImportRequest request = new ModelImports.ImportRequest(
                project.name(),
                MultipartForm.named("name", parts)
                        .map(MultipartForm.Part::text)
                        .orElse(TrainingConfigReader.DIGIT_MODEL),
                model.fileName(),
                bytes(model, ModelImports.MAX_MODEL_BYTES),
                MultipartForm.named("reference", parts)
                        .map(part -> bytes(part, ModelImports.MAX_REFERENCE_BYTES))
                        .orElse(null));
        return TrainResource.accepted(
                TrainResource.requireStored(imports.submit(request, idempotencyKey)),
                "The import has been queued; poll status_url.");
    }

    private static byte[] bytes(MultipartForm.Part part, int maxBytes) {
        if (part.size() > maxBytes) {
            throw new ProblemException(
                    ProblemType.TOO_LARGE,
                    "The file %s has %,d bytes; at most %,d are accepted."
                            .formatted(part.name(), part.size(), maxBytes));
        }
        return part.bytes();
    }
}
