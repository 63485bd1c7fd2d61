package dev.trainyard.gateway;

import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;

/** Alive while all background threads run; if one has died, only a restart helps. */
@Liveness
@ApplicationScoped
class GatewayLiveness implements HealthCheck {
    private final GatewayLifecycle lifecycle;

    GatewayLiveness(GatewayLifecycle lifecycle) {
        this.lifecycle = lifecycle;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("gateway threads")
                .status(lifecycle.isAlive())
                .build();
    }
}
