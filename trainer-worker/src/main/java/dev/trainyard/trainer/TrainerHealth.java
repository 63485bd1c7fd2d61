package dev.trainyard.trainer;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;
import org.eclipse.microprofile.health.Readiness;

/** Live while the threads run; ready once the control topic was read and the engine can train. */
@ApplicationScoped
class TrainerHealth {
    private final TrainerApplication application;

    TrainerHealth(TrainerApplication application) {
        this.application = application;
    }

    @Produces
    @ApplicationScoped
    @Liveness
    HealthCheck live() {
        return () -> HealthCheckResponse.named("trainer")
                .status(application.trainer().isAlive())
                .build();
    }

    @Produces
    @ApplicationScoped
    @Readiness
    HealthCheck ready() {
        return () -> {
            String problem = application.trainer().notReady();
            if (problem != null) {
                return HealthCheckResponse.named("trainer")
                        .down()
                        .withData("trainer", problem)
                        .build();
            }
            String skipped = application.trainer().skippedJobs();
            return skipped == null
                    ? HealthCheckResponse.up("trainer")
                    // it processes all other jobs
                    : HealthCheckResponse.named("trainer")
                            .up()
                            .withData("stopped", skipped)
                            .build();
        };
    }
}
