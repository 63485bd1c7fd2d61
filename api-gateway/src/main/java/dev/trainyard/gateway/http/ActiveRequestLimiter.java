package dev.trainyard.gateway.http;

import dev.trainyard.gateway.problem.ProblemType;
import dev.trainyard.gateway.runtime.GatewaySettings;
import io.quarkus.vertx.http.runtime.RouteConstants;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;

/**
 * Limits how many requests of one client are processed at the same time, so that a burst from one client does not take
 * the worker threads, the database connections and the processor time of the others. Its further requests wait without
 * a thread. Predictions and health requests are exempt, as in {@link RequestRateLimiter}.
 */
@ApplicationScoped
class ActiveRequestLimiter {
    private static final int AFTER_BODY = RouteConstants.ROUTE_ORDER_UPLOAD_LIMIT + 2;
    private static final Duration MAX_WAIT = Duration.ofSeconds(30);
    /** A request that takes longer mostly waits, for an event or the database, and no longer counts. */
    private static final long MAX_HOLD_MILLIS = 25;

    private final SharedBudget active;
    private final String message;

    ActiveRequestLimiter(GatewaySettings settings) {
        int perClient = settings.http()
                .activeRequestsPerClient()
                .orElse(Math.max(2, Runtime.getRuntime().availableProcessors()));
        this.active = new SharedBudget(Long.MAX_VALUE, perClient);
        this.message = "This client has %d requests in progress and this one waited for %d s; send fewer at once."
                .formatted(perClient, MAX_WAIT.toSeconds());
    }

    void install(@Observes Router router) {
        router.route().order(AFTER_BODY).handler(this::admit);
    }

    private void admit(RoutingContext routing) {
        if (RequestRateLimiter.isExempt(
                routing.request().method(), routing.request().path())) {
            routing.next();
            return;
        }
        Context context = Vertx.currentContext();
        active.take(ClientAddress.of(routing.request()), 1, MAX_WAIT)
                .whenComplete((share, late) -> context.runOnContext(turn -> {
                    if (share == null) {
                        RequestRejection.send(routing, ProblemType.TOO_MANY_REQUESTS, message);
                    } else {
                        start(routing, share);
                    }
                }));
    }

    private static void start(RoutingContext routing, SharedBudget.Share share) {
        if (routing.response().closed()) {
            share.close();
            return;
        }
        long timer = routing.vertx().setTimer(MAX_HOLD_MILLIS, late -> share.close());
        routing.addEndHandler(ended -> {
            routing.vertx().cancelTimer(timer);
            share.close();
        });
        routing.next();
    }
}
