package dev.trainyard.gateway.app;

import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.gateway.problem.ProblemType;
import java.time.Duration;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;

/** Answers 503 until the database has been migrated to this version. */
class DatabaseReadyFilter {
    private static final Duration RETRY = Duration.ofSeconds(2);

    private final GatewayLifecycle lifecycle;

    DatabaseReadyFilter(GatewayLifecycle lifecycle) {
        this.lifecycle = lifecycle;
    }

    @ServerRequestFilter
    public void requireTables() {
        if (!lifecycle.isMigrated()) {
            throw new ProblemException(
                    ProblemType.UNAVAILABLE,
                    "The database is not available yet, so nothing was stored. Try again.",
                    RETRY);
        }
    }
}
