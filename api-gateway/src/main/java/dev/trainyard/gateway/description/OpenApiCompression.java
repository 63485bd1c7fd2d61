package dev.trainyard.gateway.description;

import io.quarkus.vertx.http.runtime.RouteConstants;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

/** Lets the description be compressed, which the framework does for resources and files alone. */
@ApplicationScoped
class OpenApiCompression {
    void install(@Observes Router router) {
        router.route("/q/openapi*")
                .order(RouteConstants.ROUTE_ORDER_COMPRESSION + 1)
                .handler(request -> {
                    // "identity", set before, keeps an answer as it is
                    request.response().headers().remove(HttpHeaders.CONTENT_ENCODING);
                    request.next();
                });
    }
}
