package dev.trainyard.gateway.drift;

import dev.trainyard.gateway.http.PageLimit;
import dev.trainyard.gateway.models.ModelQueries;
import dev.trainyard.gateway.models.ModelResource;
import dev.trainyard.gateway.permission.CurrentProject;
import dev.trainyard.gateway.permission.Permissions;
import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.gateway.runtime.GatewaySettings;
import dev.trainyard.validation.Violation;
import io.quarkus.security.PermissionsAllowed;
import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestQuery;

/** Drift of the images that a model version has served. */
@Path("/api/v1/models/{name}/versions/{version}/drift")
@Produces(MediaType.APPLICATION_JSON)
@Blocking
@Tag(name = "models")
public class DriftResource {
    private final ModelQueries models;
    private final CurrentProject project;
    private final DriftWindows windows;
    private final double minEffect;

    DriftResource(ModelQueries models, CurrentProject project, DriftWindows windows, GatewaySettings settings) {
        this.models = models;
        this.project = project;
        this.windows = windows;
        this.minEffect = settings.drift().effectSize();
    }

    @GET
    @PermissionsAllowed(Permissions.READ)
    @Operation(
            summary = "Whether the images that a version has served differ from those that it was fitted on",
            description =
                    "Served images are counted in successive windows by predicted class, confidence, outlier score"
                            + " and ink, and compared with the held-out images of the training.")
    @APIResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = DriftView.class)))
    @APIResponse(responseCode = "404", description = "No such version")
    @APIResponse(responseCode = "422", description = "Invalid query")
    public DriftView drift(
            @RestPath String name,
            @RestPath String version,
            @Parameter(
                            description = "Largest number of windows in the response",
                            schema =
                                    @Schema(
                                            type = SchemaType.INTEGER,
                                            minimum = "1",
                                            maximum = PageLimit.MAXIMUM,
                                            defaultValue = "20"))
                    @RestQuery
                    @DefaultValue("20")
                    String limit) {
        List<Violation> errors = new ArrayList<>();
        int most = PageLimit.read(limit, errors);
        if (!errors.isEmpty()) {
            throw ProblemException.invalid(errors);
        }
        ModelQueries.Version found = ModelResource.version(models, project, name, version);
        return DriftView.of(found, windows.newest(found.name(), found.version(), most), minEffect);
    }
}
