package dev.trainyard.gateway.changes;

import dev.trainyard.gateway.PeriodicTask;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;

/** Polls for changes and disconnects stalled clients. */
@ApplicationScoped
class ChangesSchedule {
    private static final Duration PAUSE = Duration.ofMillis(250);

    private final ChangeStreams streams;
    private PeriodicTask ticker;

    ChangesSchedule(ChangeStreams streams) {
        this.streams = streams;
    }

    void start(@Observes StartupEvent event) {
        ticker = new PeriodicTask("changes", PAUSE, streams::poll);
    }

    @Scheduled(every = "10s", concurrentExecution = ConcurrentExecution.SKIP)
    void sweep() {
        streams.sweep();
    }

    void drain(@Observes ShutdownDelayInitiatedEvent event) {
        streams.close();
    }

    @PreDestroy
    void stop() {
        ticker.close();
    }
}
