package dev.trainyard.gateway.prediction.async;

import dev.trainyard.gateway.Ticker;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;

/** What happens to kept predictions from time to time. */
@ApplicationScoped
class AsyncPredictionPoller {
    private static final Duration PAUSE = Duration.ofMillis(250);

    private final AsyncPredictionWaiters waiters;
    private Ticker ticker;

    AsyncPredictionPoller(AsyncPredictionWaiters waiters) {
        this.waiters = waiters;
    }

    /** Ends that another gateway wrote down are not heard of otherwise. */
    void start(@Observes StartupEvent event) {
        ticker = new Ticker("kept-waiters", PAUSE, waiters::check);
    }

    @PreDestroy
    void stop() {
        ticker.close();
    }
}
