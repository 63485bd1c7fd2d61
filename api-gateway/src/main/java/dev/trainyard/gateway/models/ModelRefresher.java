package dev.trainyard.gateway.models;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Refreshes the routing table and saves shadow comparisons once a second. */
@ApplicationScoped
class ModelRefresher {
    private static final Logger LOG = LoggerFactory.getLogger(ModelRefresher.class);

    private final ModelRouter routes;
    private final ShadowComparisons comparisons;
    private boolean failing;

    ModelRefresher(ModelRouter routes, ShadowComparisons comparisons) {
        this.routes = routes;
        this.comparisons = comparisons;
    }

    /** Polls, because other gateways do not announce their changes. */
    @Scheduled(every = "1s", delayed = "1s", concurrentExecution = ConcurrentExecution.SKIP)
    void refresh() {
        try {
            routes.refresh();
            comparisons.flush();
            failing = false;
        } catch (JdbiException e) {
            if (!failing) {
                LOG.warn("the routing table cannot be refreshed, the database did not answer: {}", e.toString());
            }
            failing = true;
        }
    }

    void stop(@Observes ShutdownEvent event) {
        try {
            comparisons.flush();
        } catch (JdbiException e) {
            LOG.warn("the last comparisons are lost, the database did not answer: {}", e.toString());
        }
    }
}
