package dev.trainyard.gateway.training;

import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.enterprise.context.ApplicationScoped;
import org.apache.kafka.common.KafkaException;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What happens from time to time. */
@ApplicationScoped
class TrainingClock {
    private static final Logger LOG = LoggerFactory.getLogger(TrainingClock.class);

    private final Reaper reaper;
    private final JobWaiters waiters;

    TrainingClock(Reaper reaper, JobWaiters waiters) {
        this.reaper = reaper;
        this.waiters = waiters;
    }

    @Scheduled(every = "{trainyard.reaper.period}", concurrentExecution = ConcurrentExecution.SKIP)
    void reap() {
        try {
            int moved = reaper.look();
            if (moved > 0) {
                LOG.info("{} jobs were taken from lost workers or dispatched again", moved);
            }
        } catch (KafkaException | JdbiException e) {
            LOG.warn("no run was judged, broker or database did not answer: {}", e.toString());
        }
    }

    /** Events that another gateway applied are not heard of otherwise. */
    @Scheduled(every = "0.25s", concurrentExecution = ConcurrentExecution.SKIP)
    void wake() {
        try {
            waiters.check();
        } catch (JdbiException e) {
            LOG.warn("waiting requests wait on, the database did not answer: {}", e.toString());
        }
    }
}
