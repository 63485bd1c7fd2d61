package dev.trainyard.gateway;

import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.gateway.problem.ProblemType;
import java.time.Duration;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;

/** Keeps requests away from a database that does not have the tables of this version yet. */
class DatabaseReadyFilter {
    private static final Duration RETRY = Duration.ofSeconds(2);

    private final GatewayLifecycle start;

    DatabaseReadyFilter(GatewayLifecycle start) {
        this.start = start;
    }

    @ServerRequestFilter
    public void requireTables() {
        if (!start.isMigrated()) {
            throw new ProblemException(
                    ProblemType.UNAVAILABLE,
                    "The gateway has started and the database is not there yet, so nothing was kept. Try again.",
                    RETRY);
        }
    }
}
