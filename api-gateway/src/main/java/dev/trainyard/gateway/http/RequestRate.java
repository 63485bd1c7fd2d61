package dev.trainyard.gateway.http;

import dev.trainyard.gateway.GatewaySettings;
import dev.trainyard.gateway.problem.ProblemType;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

/**
 * Limits the request rate of each client, except for health requests and predictions, which have their own rate. A
 * request over the limit is refused and its connection closed, so that thousands of pipelined requests are not read.
 */
@ApplicationScoped
class RequestRate {
    private static final int EARLY = Integer.MIN_VALUE + 10;

    private final ClientRate rate;
    private final String refusal;

    RequestRate(GatewaySettings settings) {
        int perSecond = settings.rate().requestsPerSecond();
        this.refusal = "This client sends more than %d requests a second; slow down.".formatted(perSecond);
        this.rate = new ClientRate(perSecond, refusal);
    }

    void install(@Observes Router router) {
        router.route().order(EARLY).handler(this::admit);
    }

    private void admit(RoutingContext routing) {
        String path = routing.request().path();
        if (isExempt(path) || rate.tryAdmit(ClientAddress.of(routing.request()))) {
            routing.next();
        } else {
            Refusal.close(routing, ProblemType.TOO_MANY_REQUESTS, refusal);
        }
    }

    private static boolean isExempt(String path) {
        return path != null
                && (path.startsWith("/api/v1/predict") || path.startsWith("/v2/") || path.startsWith("/q/health"));
    }
}
