package dev.trainyard.gateway.changes;

import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks for changes while somebody watches. */
@ApplicationScoped
class ChangesClock {
    private static final Logger LOG = LoggerFactory.getLogger(ChangesClock.class);

    private final ChangeStreams streams;

    ChangesClock(ChangeStreams streams) {
        this.streams = streams;
    }

    @Scheduled(every = "0.25s", concurrentExecution = ConcurrentExecution.SKIP)
    void look() {
        try {
            streams.look();
        } catch (JdbiException e) {
            LOG.warn("changes are told later, the database did not answer: {}", e.toString());
        }
    }

    @Scheduled(every = "10s", concurrentExecution = ConcurrentExecution.SKIP)
    void sweep() {
        streams.sweep();
    }

    void drain(@Observes ShutdownDelayInitiatedEvent event) {
        streams.close();
    }
}
