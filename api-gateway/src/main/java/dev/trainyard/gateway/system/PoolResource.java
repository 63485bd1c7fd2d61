package dev.trainyard.gateway.system;

import dev.trainyard.gateway.permission.Permissions;
import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.gateway.problem.ProblemType;
import dev.trainyard.job.Pools;
import io.quarkus.security.PermissionsAllowed;
import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;

/** Tells autoscalers how many trainers a pool could use. */
@Path("/api/v1/pools")
@Produces(MediaType.APPLICATION_JSON)
@Blocking
@Tag(name = "operate")
public class PoolResource {
    private final PoolLoadQueries loads;

    PoolResource(PoolLoadQueries loads) {
        this.loads = loads;
    }

    @GET
    @Path("{pool}/load")
    @PermissionsAllowed(Permissions.METRICS)
    @Operation(
            summary = "How many trainers a pool could use now, for autoscalers",
            description =
                    "Counts the jobs of all projects. A pool without jobs has a load of 0, known or not. A token with the "
                            + "scope metrics alone may read this and /q/metrics, and nothing else.")
    @APIResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = PoolLoad.class)))
    @APIResponse(responseCode = "404", description = "No pool can have this name")
    public PoolLoad load(@RestPath String pool) {
        if (!Pools.isName(pool)) {
            throw new ProblemException(ProblemType.NOT_FOUND, "A pool " + Pools.RULE + ".");
        }
        return loads.of(pool);
    }
}
