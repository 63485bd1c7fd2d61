package dev.trainyard.gateway.prediction.kept;

import dev.trainyard.gateway.PeriodicTask;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;

/** What happens to kept predictions from time to time. */
@ApplicationScoped
class KeptClock {
    private static final Duration PAUSE = Duration.ofMillis(250);

    private final KeptWaiters waiters;
    private PeriodicTask ticker;

    KeptClock(KeptWaiters waiters) {
        this.waiters = waiters;
    }

    /** Ends that another gateway wrote down are not heard of otherwise. */
    void start(@Observes StartupEvent event) {
        ticker = new PeriodicTask("kept-waiters", PAUSE, waiters::check);
    }

    @PreDestroy
    void stop() {
        ticker.close();
    }
}
