package dev.trainyard.worker;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Liveness;
import org.eclipse.microprofile.health.Readiness;

/** Live while the worker's threads run; ready when it has no reason not to be. */
@ApplicationScoped
class WorkerHealth {
    @Produces
    @ApplicationScoped
    @Liveness
    HealthCheck live(Worker worker) {
        return () -> HealthCheckResponse.named(worker.kind())
                .status(worker.isAlive())
                .build();
    }

    @Produces
    @ApplicationScoped
    @Readiness
    HealthCheck ready(Worker worker) {
        return () -> {
            HealthCheckResponseBuilder response = HealthCheckResponse.named(worker.kind());
            String problem = worker.notReady();
            if (problem != null) {
                return response.down().withData(worker.kind(), problem).build();
            }
            String skipped = worker.skipped();
            if (skipped != null) { // it processes all other records
                response.withData("stopped", skipped);
            }
            String degraded = worker.degraded();
            if (degraded != null) {
                response.withData("degraded", degraded);
            }
            return response.up().build();
        };
    }
}
