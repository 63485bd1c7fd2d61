package dev.trainyard.gateway.app;

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

/** Ready once all background tasks have started, and while the database answers. */
@Readiness
@ApplicationScoped
class GatewayReadiness implements HealthCheck {
    private final GatewayLifecycle lifecycle;
    private final Jdbi database;
    private final DiskSpace disk;

    GatewayReadiness(GatewayLifecycle lifecycle, @Identifier(Transactions.EDGE) Jdbi database, DiskSpace disk) {
        this.disk = disk;
        this.lifecycle = lifecycle;
        this.database = database;
    }

    @Override
    public HealthCheckResponse call() {
        String trouble = lifecycle.notReady();
        if (trouble == null) {
            trouble = databaseTrouble();
        }
        HealthCheckResponseBuilder answer = HealthCheckResponse.named("gateway").status(trouble == null);
        if (trouble != null) {
            answer.withData("gateway", trouble);
        }
        // low disk space does not affect readiness: the gateway still answers, predicts and completes running jobs
        disk.shortage().ifPresent(why -> answer.withData("disk", why));
        return answer.build();
    }

    private String databaseTrouble() {
        try {
            database.useHandle(handle -> handle.execute("select 1"));
            return null;
        } catch (JdbiException e) {
            return "the database is unavailable: " + TransientErrors.rootMessage(e);
        }
    }
}
