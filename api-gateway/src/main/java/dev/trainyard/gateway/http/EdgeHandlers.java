package dev.trainyard.gateway.http;

import io.quarkus.vertx.http.runtime.RouteConstants;
import io.vertx.ext.web.Router;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

/** Registers the checks for every path, including pages, files and the framework's paths, before other handlers. */
@ApplicationScoped
class EdgeHandlers {
    /** Order before all other handlers except {@link ConnectionGuard#ORDER}. */
    private static final int FIRST = ConnectionGuard.ORDER + 1;
    /** Order after the framework's CORS preflight handling, before any body is read. */
    private static final int BEFORE_BODIES = RouteConstants.ROUTE_ORDER_UPLOAD_LIMIT - 1;

    private final AllowedHosts hosts;
    private final CrossOriginCheck origins;
    private final AllowedMethods methods;
    private final AuthenticationCheck authentication;
    private final Denials denials;

    EdgeHandlers(
            AllowedHosts hosts,
            CrossOriginCheck origins,
            AllowedMethods methods,
            AuthenticationCheck authentication,
            Denials denials) {
        this.denials = denials;
        this.hosts = hosts;
        this.origins = origins;
        this.methods = methods;
        this.authentication = authentication;
    }

    void install(@Observes Router router) {
        router.route().order(FIRST).handler(denials::watch);
        router.route().order(FIRST).handler(SecurityHeaders::prepare);
        router.route().order(FIRST).handler(hosts::check);
        router.route().order(FIRST).handler(origins::check);
        router.route().order(BEFORE_BODIES).handler(authentication::check);
        router.route().order(BEFORE_BODIES).handler(methods::check);
    }
}
