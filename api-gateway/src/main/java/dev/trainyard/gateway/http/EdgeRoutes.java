package dev.trainyard.gateway.http;

import io.quarkus.vertx.http.runtime.RouteConstants;
import io.vertx.ext.web.Router;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

/** Rules for every path, applied before any other handler: resources, pages, files and the framework's routes. */
@ApplicationScoped
class EdgeRoutes {
    /** Order before all other routes, except earlier ones of the same order. */
    private static final int FIRST = Integer.MIN_VALUE;
    /** Order after the framework's CORS preflight handling, before any body is read. */
    private static final int BEFORE_BODIES = RouteConstants.ROUTE_ORDER_UPLOAD_LIMIT - 1;

    private final AllowedHosts hosts;
    private final OtherOrigins origins;
    private final AllowedMethods methods;

    EdgeRoutes(AllowedHosts hosts, OtherOrigins origins, AllowedMethods methods) {
        this.hosts = hosts;
        this.origins = origins;
        this.methods = methods;
    }

    void install(@Observes Router router) {
        router.route().order(FIRST).handler(SecurityHeaders::prepare);
        router.route().order(FIRST).handler(hosts::check);
        router.route().order(FIRST).handler(origins::check);
        router.route().order(BEFORE_BODIES).handler(methods::check);
    }
}
