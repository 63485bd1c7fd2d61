package dev.trainyard.gateway.description;

import io.quarkus.vertx.http.runtime.RouteConstants;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

/** Enables compression of the OpenAPI document; the framework compresses only resources and files. */
@ApplicationScoped
class OpenApiCompression {
    void install(@Observes Router router) {
        router.route("/q/openapi*")
                .order(RouteConstants.ROUTE_ORDER_COMPRESSION + 1)
                .handler(request -> {
                    // "identity", set earlier, would keep it from being compressed
                    request.response().headers().remove(HttpHeaders.CONTENT_ENCODING);
                    request.next();
                });
    }
}
