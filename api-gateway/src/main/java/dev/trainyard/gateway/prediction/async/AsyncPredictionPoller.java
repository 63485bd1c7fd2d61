package dev.trainyard.gateway.prediction.async;

import dev.trainyard.gateway.PeriodicTask;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;

/** Polls for the ends of asynchronous predictions that other gateways recorded, for the requests that wait for them. */
@ApplicationScoped
class AsyncPredictionPoller {
    private static final Duration PERIOD = Duration.ofMillis(250);

    private final AsyncPredictionWaiters waiters;
    private PeriodicTask ticker;

    AsyncPredictionPoller(AsyncPredictionWaiters waiters) {
        this.waiters = waiters;
    }

    void start(@Observes StartupEvent event) {
        ticker = new PeriodicTask("async-prediction-waiters", PERIOD, waiters::pollEnded);
    }

    @PreDestroy
    void stop() {
        ticker.close();
    }
}
