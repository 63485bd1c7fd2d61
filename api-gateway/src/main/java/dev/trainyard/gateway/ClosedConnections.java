package dev.trainyard.gateway;

import io.vertx.core.http.impl.HttpServerConnection;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

/**
 * Serves no request whose connection is closed already. A client may send the next before the one before is answered,
 * and leave; Vert.x begins the next all the same, and a thread that answered it would wait for ever to write: of the
 * close only those requests are told that were being served then.
 */
@ApplicationScoped
class ClosedConnections {
    void install(@Observes Router router) {
        router.route().order(Integer.MIN_VALUE).handler(ClosedConnections::pass);
    }

    private static void pass(RoutingContext request) {
        boolean closed = request.request().connection() instanceof HttpServerConnection connection
                && !connection.channel().isActive();
        if (closed) {
            request.end();
        } else {
            request.next();
        }
    }
}
