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
            // it processes all other records
            return skipped == null
                    ? response.up().build()
                    : response.up().withData("stopped", skipped).build();
        };
    }
}
