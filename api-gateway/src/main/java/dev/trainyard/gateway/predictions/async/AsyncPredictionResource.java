package dev.trainyard.gateway.predictions.async;

import dev.trainyard.gateway.permission.Permissions;
import dev.trainyard.gateway.predictions.PreferenceHeaders;
import io.quarkus.security.PermissionsAllowed;
import io.smallrye.common.annotation.Blocking;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;

/** Status and results of asynchronous predictions. */
@Path("/api/v1/predictions")
@Produces(MediaType.APPLICATION_JSON)
@Blocking
@Tag(name = "predict")
public class AsyncPredictionResource {
    private final AsyncPredictionService service;

    AsyncPredictionResource(AsyncPredictionService service) {
        this.service = service;
    }

    @GET
    @PermissionsAllowed(Permissions.PREDICT)
    @Path("{id}")
    @Operation(
            summary = "A prediction or batch that was accepted with Prefer: respond-async",
            description = "Available for 24 hours after its end. With Prefer: wait=N the response waits for the end, "
                    + "for at most N seconds.")
    @APIResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = AsyncPredictionView.class)))
    @APIResponse(responseCode = "404", description = "Unknown or expired")
    public Uni<Response> get(@RestPath String id, @BeanParam PreferenceHeaders preferences) {
        return service.status(parse(id), preferences);
    }

    private static UUID parse(String id) {
        try {
            return UUID.fromString(id);
        } catch (IllegalArgumentException e) {
            throw AsyncPredictionService.unknown(id);
        }
    }
}
