package dev.trainyard.gateway.projects;

import dev.trainyard.gateway.http.StrictJson;
import dev.trainyard.gateway.permission.CurrentProject;
import dev.trainyard.gateway.permission.Permissions;
import dev.trainyard.gateway.permission.ProjectName;
import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.validation.JsonFieldReader;
import dev.trainyard.validation.Violation;
import io.quarkus.security.PermissionsAllowed;
import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.ResponseStatus;
import org.jboss.resteasy.reactive.RestPath;
import org.jspecify.annotations.Nullable;

/** Administrators of all projects manage projects; other users see their own project and its usage. */
@Path("/api/v1/projects")
@Produces(MediaType.APPLICATION_JSON)
@Blocking
@Tag(name = "access")
public class ProjectResource {
    private final ProjectStore store;
    private final CurrentProject current;

    ProjectResource(ProjectStore store, CurrentProject current) {
        this.store = store;
        this.current = current;
    }

    public record Listing(List<Project> projects) {}

    @GET
    @PermissionsAllowed(Permissions.READ)
    @Operation(summary = "The sender's project with its quotas; all projects for administrators of all")
    public Listing list() {
        return new Listing(store.list(current.isPlatform() ? null : current.name()));
    }

    @POST
    @PermissionsAllowed(Permissions.PLATFORM)
    @Consumes(MediaType.APPLICATION_JSON)
    @ResponseStatus(201)
    @Operation(summary = "Create a project; for administrators of all projects")
    @RequestBody(
            required = true,
            content =
                    @Content(
                            schema = @Schema(implementation = ProjectRequest.class),
                            examples =
                                    @ExampleObject(
                                            name = "quotas",
                                            value = "{\"name\":\"vision\",\"weight\":2,\"max_queued\":100}")))
    @APIResponse(
            responseCode = "201",
            description = "Created",
            content = @Content(schema = @Schema(implementation = Project.class)))
    @APIResponse(responseCode = "409", description = "There is a project of this name, or there are too many")
    @APIResponse(responseCode = "422", description = "Invalid body")
    public Project create(byte[] body) {
        Project project = read(body, null);
        store.create(project);
        return project;
    }

    @PUT
    @Path("{project}")
    @PermissionsAllowed(Permissions.PLATFORM)
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            summary = "Set weight and quotas of a project; for administrators of all projects",
            description = "Without weight it is 1, without a quota there is no limit.")
    @RequestBody(
            required = true,
            content =
                    @Content(
                            schema = @Schema(implementation = ProjectRequest.class),
                            examples = @ExampleObject(name = "quotas", value = "{\"weight\":2}")))
    @APIResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = Project.class)))
    @APIResponse(responseCode = "404", description = "No such project")
    @APIResponse(responseCode = "422", description = "Invalid body")
    public Project update(@RestPath String project, byte[] body) {
        requireName(project);
        Project changed = read(body, project);
        store.update(changed);
        return changed;
    }

    @DELETE
    @Path("{project}")
    @PermissionsAllowed(Permissions.PLATFORM)
    @ResponseStatus(204)
    @Operation(summary = "Delete an empty project; for administrators of all projects")
    @APIResponse(responseCode = "204", description = "Deleted")
    @APIResponse(responseCode = "404", description = "No such project")
    @APIResponse(responseCode = "409", description = "It is not empty, or it is the project default")
    public void delete(@RestPath String project) {
        requireName(project);
        store.delete(project);
    }

    @GET
    @Path("{project}/usage")
    @PermissionsAllowed(Permissions.READ)
    @Operation(summary = "What a project uses of its quotas")
    @APIResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = ProjectStore.Usage.class)))
    @APIResponse(responseCode = "404", description = "No such project")
    public ProjectStore.Usage usage(@RestPath String project) {
        if (!current.isPlatform() && !project.equals(current.name())) {
            throw ProjectUsage.unknown(project);
        }
        requireName(project);
        return store.usage(project);
    }

    private static void requireName(String project) {
        if (!ProjectName.isValid(project)) {
            throw ProjectUsage.unknown(project);
        }
    }

    private static Project read(byte[] body, @Nullable String name) {
        List<Violation> errors = new ArrayList<>();
        Project project = ProjectRequest.read(JsonFieldReader.of(StrictJson.parse(body), "", errors), name);
        if (!errors.isEmpty()) {
            throw ProblemException.invalid(errors);
        }
        return project;
    }
}
