package dev.trainyard.gateway.app;

import io.quarkus.vertx.VertxOptionsCustomizer;
import io.vertx.core.VertxOptions;
import jakarta.enterprise.context.ApplicationScoped;

/**
 * Sets one event loop per processor; the default of Vert.x is two. Event loops never block here, and more of them only
 * split requests into smaller batches, each of which wakes the Kafka producer thread.
 */
@ApplicationScoped
public class EventLoopCustomizer implements VertxOptionsCustomizer {
    @Override
    public void accept(VertxOptions options) {
        options.setEventLoopPoolSize(Runtime.getRuntime().availableProcessors());
    }
}
