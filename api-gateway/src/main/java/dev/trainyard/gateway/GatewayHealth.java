package dev.trainyard.gateway;

import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;

/** Ready once topics, relay, registry and the way to the predictors are up, and while the database answers. */
@Readiness
@ApplicationScoped
class GatewayHealth implements HealthCheck {
    private final GatewayStart start;
    private final Jdbi database;

    GatewayHealth(GatewayStart start, @Identifier(GatewayParts.EDGE) Jdbi database) {
        this.start = start;
        this.database = database;
    }

    @Override
    public HealthCheckResponse call() {
        String trouble = start.notReady();
        if (trouble == null) {
            trouble = databaseTrouble();
        }
        return trouble == null
                ? HealthCheckResponse.up("gateway")
                : HealthCheckResponse.named("gateway")
                        .down()
                        .withData("gateway", trouble)
                        .build();
    }

    private String databaseTrouble() {
        try {
            database.useHandle(handle -> handle.execute("select 1"));
            return null;
        } catch (JdbiException e) {
            return "has no database: "
                    + String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        }
    }
}
