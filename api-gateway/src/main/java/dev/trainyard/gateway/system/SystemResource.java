package dev.trainyard.gateway.system;

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

    SystemResource(SystemProbe system) {
        this.system = system;
    }

    @GET
    @Operation(summary = "Workers and what they run, jobs by status, lag of each topic, dead letters, versions")
    public SystemView get() {
        return system.poll();
    }
}
