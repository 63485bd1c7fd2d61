package dev.trainyard.gateway.app;

import dev.trainyard.artifact.StorageMonitor;
import dev.trainyard.gateway.disk.DiskSpace;
import dev.trainyard.gateway.runtime.Transactions;
import dev.trainyard.gateway.runtime.TransientErrors;
import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;

/** Ready once all background tasks have started, and while the database answers. */
@Readiness
@ApplicationScoped
class GatewayReadiness implements HealthCheck {
    private final GatewayLifecycle lifecycle;
    private final Jdbi database;
    private final DiskSpace disk;
    private final StorageMonitor storage;

    GatewayReadiness(
            GatewayLifecycle lifecycle,
            @Identifier(Transactions.EDGE) Jdbi database,
            DiskSpace disk,
            StorageMonitor storage) {
        this.storage = storage;
        this.disk = disk;
        this.lifecycle = lifecycle;
        this.database = database;
    }

    @Override
    public HealthCheckResponse call() {
        String problem = lifecycle.notReady();
        if (problem == null) {
            problem = databaseProblem();
        }
        HealthCheckResponseBuilder response =
                HealthCheckResponse.named("gateway").status(problem == null);
        if (problem != null) {
            response.withData("gateway", problem);
        }
        // low disk space does not affect readiness: the gateway still answers, predicts and completes running jobs
        disk.shortage().ifPresent(reason -> response.withData("disk", reason));
        String artifacts = storage.problem();
        if (artifacts != null) { // likewise: jobs are accepted, and predictors serve the models that they have loaded
            response.withData("artifacts", artifacts);
        }
        return response.build();
    }

    private @Nullable String databaseProblem() {
        try {
            database.useHandle(handle -> handle.execute("select 1"));
            return null;
        } catch (JdbiException e) {
            return "the database is unavailable: " + TransientErrors.rootMessage(e);
        }
    }
}
