package dev.trainyard.gateway.prediction.kept;

import dev.trainyard.gateway.GatewaySettings;
import dev.trainyard.gateway.Ticker;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What happens to kept predictions from time to time. */
@ApplicationScoped
class KeptClock {
    private static final Logger LOG = LoggerFactory.getLogger(KeptClock.class);
    private static final Duration PAUSE = Duration.ofMillis(250);

    private final KeptStore store;
    private final KeptWaiters waiters;
    private final GatewaySettings settings;
    private Ticker ticker;

    KeptClock(KeptStore store, KeptWaiters waiters, GatewaySettings settings) {
        this.store = store;
        this.waiters = waiters;
        this.settings = settings;
    }

    /** Ends that another gateway wrote down are not heard of otherwise. */
    void start(@Observes StartupEvent event) {
        ticker = new Ticker("kept-waiters", PAUSE, waiters::check);
    }

    @PreDestroy
    void stop() {
        ticker.close();
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
