package dev.trainyard.gateway.prediction.kept;

import dev.trainyard.gateway.GatewaySettings;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.enterprise.context.ApplicationScoped;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What happens to kept predictions from time to time. */
@ApplicationScoped
class KeptClock {
    private static final Logger LOG = LoggerFactory.getLogger(KeptClock.class);

    private final KeptStore store;
    private final KeptWaiters waiters;
    private final GatewaySettings settings;

    KeptClock(KeptStore store, KeptWaiters waiters, GatewaySettings settings) {
        this.store = store;
        this.waiters = waiters;
        this.settings = settings;
    }

    /** Ends that another gateway wrote down are not heard of otherwise. */
    @Scheduled(every = "0.25s", concurrentExecution = ConcurrentExecution.SKIP)
    void wake() {
        try {
            waiters.check();
        } catch (JdbiException e) {
            LOG.warn("waiting requests wait on, the database did not answer: {}", e.toString());
        }
    }

    @Scheduled(every = "{trainyard.predict.kept.sweep}", concurrentExecution = ConcurrentExecution.SKIP)
    void forget() {
        try {
            int forgotten = store.forget(settings.predict().kept().age());
            if (forgotten > 0) {
                LOG.info("{} predictions were forgotten", forgotten);
            }
        } catch (JdbiException e) {
            LOG.warn("old predictions stay, the database did not answer: {}", e.toString());
        }
    }
}
