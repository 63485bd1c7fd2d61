package dev.trainyard.gateway.training;

import dev.trainyard.gateway.PeriodicTask;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import org.apache.kafka.common.KafkaException;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the periodic tasks of the job engine. */
@ApplicationScoped
class TrainingSchedule {
    private static final Logger LOG = LoggerFactory.getLogger(TrainingSchedule.class);
    private static final Duration PAUSE = Duration.ofMillis(250);

    private final Reaper reaper;
    private final JobWaiters waiters;
    private final JobEventStreams streams;
    private final Callbacks callbacks;
    private PeriodicTask ticker;

    TrainingSchedule(Reaper reaper, JobWaiters waiters, JobEventStreams streams, Callbacks callbacks) {
        this.streams = streams;
        this.callbacks = callbacks;
        this.reaper = reaper;
        this.waiters = waiters;
    }

    @Scheduled(every = "{trainyard.reaper.period}", concurrentExecution = ConcurrentExecution.SKIP)
    void reap() {
        try {
            int moved = reaper.poll();
            if (moved > 0) {
                LOG.info("{} jobs of lost workers or lost dispatches were requeued or failed", moved);
            }
        } catch (KafkaException | JdbiException e) {
            LOG.warn("Leases were not checked because broker or database is unavailable: {}", e.toString());
        }
    }

    @Scheduled(every = "1s", concurrentExecution = ConcurrentExecution.SKIP)
    void callBack() {
        try {
            callbacks.deliver();
        } catch (JdbiException e) {
            LOG.warn("Callbacks are delayed because the database is unavailable: {}", e.toString());
        }
    }

    /** Polls because other gateways do not announce the events that they apply. */
    void start(@Observes StartupEvent event) {
        ticker = new PeriodicTask("job-waiters", PAUSE, waiters::check);
    }

    @PreDestroy
    void stop() {
        ticker.close();
    }

    @Scheduled(every = "10s", concurrentExecution = ConcurrentExecution.SKIP)
    void sweep() {
        streams.sweep();
    }
}
