package dev.trainyard.gateway;

import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready once topics, relay, registry and the way to the predictors are up. */
@Readiness
@ApplicationScoped
class GatewayHealth implements HealthCheck {
    private final GatewayStart start;

    GatewayHealth(GatewayStart start) {
        this.start = start;
    }

    @Override
    public HealthCheckResponse call() {
        String trouble = start.notReady();
        return trouble == null
                ? HealthCheckResponse.up("gateway")
                : HealthCheckResponse.named("gateway")
                        .down()
                        .withData("gateway", trouble)
                        .build();
    }
}
