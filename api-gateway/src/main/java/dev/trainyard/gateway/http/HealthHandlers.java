package dev.trainyard.gateway.http;

import io.quarkus.smallrye.health.runtime.SmallRyeHealthHandler;
import io.quarkus.smallrye.health.runtime.SmallRyeLivenessHandler;
import io.quarkus.smallrye.health.runtime.SmallRyeReadinessHandler;
import io.quarkus.smallrye.health.runtime.SmallRyeStartupHandler;
import io.quarkus.vertx.http.runtime.RouteConstants;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.Map;

/**
 * Answers health requests on the event loop. Quarkus' own handlers need a worker thread; if all of them were busy, a
 * healthy gateway would fail its health checks and be killed.
 */
@ApplicationScoped
class HealthHandlers {
    private static final int AFTER_BODY = RouteConstants.ROUTE_ORDER_UPLOAD_LIMIT + 2;
    private static final Map<String, Handler<RoutingContext>> HANDLERS = Map.of(
            "/q/health", new SmallRyeHealthHandler(),
            "/q/health/live", new SmallRyeLivenessHandler(),
            "/q/health/ready", new SmallRyeReadinessHandler(),
            "/q/health/started", new SmallRyeStartupHandler());

    void install(@Observes Router router) {
        HANDLERS.forEach((path, handler) -> router.route(path)
                .method(HttpMethod.GET)
                .method(HttpMethod.HEAD)
                .order(AFTER_BODY)
                .handler(handler));
    }
}
