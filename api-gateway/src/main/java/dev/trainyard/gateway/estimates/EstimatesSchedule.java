package dev.trainyard.gateway.estimates;

import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.enterprise.context.ApplicationScoped;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Refreshes the run history while estimates are requested. */
@ApplicationScoped
class EstimatesSchedule {
    private static final Logger LOG = LoggerFactory.getLogger(EstimatesSchedule.class);

    private final JobEstimator estimates;

    EstimatesSchedule(JobEstimator estimates) {
        this.estimates = estimates;
    }

    @Scheduled(every = "5s", concurrentExecution = ConcurrentExecution.SKIP)
    void refresh() {
        try {
            estimates.refresh();
        } catch (JdbiException e) {
            LOG.warn("Estimates were not refreshed because the database is unavailable: {}", e.toString());
        }
    }
}
