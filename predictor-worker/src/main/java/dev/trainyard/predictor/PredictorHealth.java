package dev.trainyard.predictor;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;
import org.eclipse.microprofile.health.Readiness;

/**
 * Live while the threads run; ready once the models topic was read and the consumer group has admitted this predictor.
 */
@ApplicationScoped
class PredictorHealth {
    private final PredictorApplication application;

    PredictorHealth(PredictorApplication application) {
        this.application = application;
    }

    @Produces
    @ApplicationScoped
    @Liveness
    HealthCheck live() {
        return () -> HealthCheckResponse.named("predictor")
                .status(application.predictor().isAlive())
                .build();
    }

    @Produces
    @ApplicationScoped
    @Readiness
    HealthCheck ready() {
        return () -> {
            String trouble = application.predictor().notReady();
            return trouble == null
                    ? HealthCheckResponse.up("predictor")
                    : HealthCheckResponse.named("predictor")
                            .down()
                            .withData("predictor", trouble)
                            .build();
        };
    }
}
