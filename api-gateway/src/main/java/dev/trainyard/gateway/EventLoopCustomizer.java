package dev.trainyard.gateway;

import io.quarkus.vertx.VertxOptionsCustomizer;
import io.vertx.core.VertxOptions;
import jakarta.enterprise.context.ApplicationScoped;

/**
 * One event loop a processor, where Vert.x' default is two: nothing that runs on them waits, so more only share the
 * requests out in smaller bundles, each of which wakes Kafka's thread.
 */
@ApplicationScoped
public class EventLoopCustomizer implements VertxOptionsCustomizer {
    @Override
    public void accept(VertxOptions options) {
        options.setEventLoopPoolSize(Runtime.getRuntime().availableProcessors());
    }
}
