package dev.trainyard.gateway.http;

import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

/**
 * From SIGTERM until the port closes ({@code quarkus.shutdown.delay}) each answer ends its connection. A load balancer sends
 * new connections elsewhere by then, but clients would go on using the ones that they keep, and lose a request with them.
 */
@ApplicationScoped
class ConnectionDrain {
    private static final int AFTER_GUARD = ConnectionGuard.ORDER + 1;

    private volatile boolean draining;

    void begin(@Observes ShutdownDelayInitiatedEvent event) {
        draining = true;
    }

    void install(@Observes Router router) {
        router.route().order(AFTER_GUARD).handler(this::watch);
    }

    private void watch(RoutingContext routing) {
        HttpServerRequest request = routing.request();
        routing.addHeadersEndHandler(ending -> {
            if (draining) {
                ConnectionGuard.willClose(request);
                routing.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
            }
        });
        routing.addEndHandler(ended -> {
            // unread bytes of a body would reset the connection, and the client lose the answer
            if (request.isEnded()
                    && routing.response().headers().contains(HttpHeaders.CONNECTION, HttpHeaders.CLOSE, true)) {
                request.connection().close();
            }
        });
        routing.next();
    }
}
