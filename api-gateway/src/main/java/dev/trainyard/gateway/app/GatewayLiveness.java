package dev.trainyard.gateway.app;

import dev.trainyard.gateway.runtime.BackgroundTasks;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Set;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Liveness;

/** Alive while all continuous tasks run; if one has died, only a restart helps. */
@Liveness
@ApplicationScoped
class GatewayLiveness implements HealthCheck {
    private final BackgroundTasks tasks;

    GatewayLiveness(BackgroundTasks tasks) {
        this.tasks = tasks;
    }

    @Override
    public HealthCheckResponse call() {
        HealthCheckResponseBuilder response =
                HealthCheckResponse.named("gateway threads").status(tasks.isAlive());
        Set<String> failing = tasks.failing();
        if (!failing.isEmpty()) {
            response.withData("failing_tasks", String.join(", ", failing));
        }
        return response.build();
    }
}
