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

/** What happens from time to time. */
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
                LOG.info("{} jobs were taken from lost workers or dispatched again", moved);
            }
        } catch (KafkaException | JdbiException e) {
            LOG.warn("no run was judged, broker or database did not answer: {}", e.toString());
        }
    }

    @Scheduled(every = "1s", concurrentExecution = ConcurrentExecution.SKIP)
    void callBack() {
        try {
            callbacks.deliver();
        } catch (JdbiException e) {
            LOG.warn("callbacks wait, the database did not answer: {}", e.toString());
        }
    }

    /** Events that another gateway applied are not heard of otherwise. */
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
