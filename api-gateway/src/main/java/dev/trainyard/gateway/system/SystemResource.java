package dev.trainyard.gateway.system;

import dev.trainyard.gateway.permission.CurrentProject;
import dev.trainyard.gateway.permission.Permissions;
import io.quarkus.security.PermissionsAllowed;
import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Shows operators the workers, queues and topics of the platform. */
@Path("/api/v1/system")
@Produces(MediaType.APPLICATION_JSON)
@Blocking
@Tag(name = "operate")
public class SystemResource {
    private final SystemProbe system;
    private final CurrentProject project;

    SystemResource(SystemProbe system, CurrentProject project) {
        this.project = project;
        this.system = system;
    }

    @GET
    @PermissionsAllowed(Permissions.READ)
    @Operation(summary = "Workers and what they run, jobs by status, lag of each topic, dead letters, versions")
    public SystemView get() {
        SystemView view = system.poll();
        return project.isPlatform() ? view : view.of(project.name());
    }
}
