package dev.trainyard.gateway.retention;

import dev.trainyard.gateway.GatewayLifecycle;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the sweeps periodically. */
@ApplicationScoped
class RetentionSchedule {
    private static final Logger LOG = LoggerFactory.getLogger(RetentionSchedule.class);

    private final Sweeper sweeper;
    private final RetentionPlans plans;
    private final GatewayLifecycle lifecycle;

    RetentionSchedule(Sweeper sweeper, RetentionPlans plans, GatewayLifecycle lifecycle) {
        this.lifecycle = lifecycle;
        this.sweeper = sweeper;
        this.plans = plans;
    }

    @Scheduled(every = "{trainyard.retention.sweep}", concurrentExecution = ConcurrentExecution.SKIP)
    void rows() {
        sweep(plans.rows());
    }

    @Scheduled(every = "{trainyard.retention.file-sweep}", concurrentExecution = ConcurrentExecution.SKIP)
    void files() {
        sweep(plans.files());
    }

    private void sweep(Sweeper.Plan plan) {
        if (lifecycle.notReady() != null) {
            return; // the tables may not exist yet
        }
        try {
            sweeper.sweep(plan);
        } catch (JdbiException e) {
            LOG.warn("Nothing was deleted because the database is unavailable: {}", e.toString());
        }
    }

    void stop(@Observes ShutdownEvent event) {
        sweeper.close();
    }
}
