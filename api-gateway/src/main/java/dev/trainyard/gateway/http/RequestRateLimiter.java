package dev.trainyard.gateway.http;

import dev.trainyard.gateway.problem.ProblemType;
import dev.trainyard.gateway.runtime.GatewaySettings;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Limits the request rate of each client, except for health requests and predictions, which have their own rate. A
 * request over the limit is refused and its connection closed, so that thousands of pipelined requests are not read.
 */
@ApplicationScoped
class RequestRateLimiter {
    private static final int EARLY = Integer.MIN_VALUE + 10;

    private static final Pattern PREDICTIONS =
            Pattern.compile("/api/v1/predict(/preview|/batch)?/?|/v2/models/[^/]+(/versions/[^/]+)?/infer/?");
    private static final Set<String> HEALTH =
            Set.of("/q/health", "/q/health/live", "/q/health/ready", "/q/health/started");

    private final ClientRateLimiter rate;
    private final String message;

    RequestRateLimiter(GatewaySettings settings) {
        int perSecond = settings.rate().requestsPerSecond();
        this.message = "This client sends more than %d requests a second; slow down.".formatted(perSecond);
        this.rate = new ClientRateLimiter(perSecond, message);
    }

    void install(@Observes Router router) {
        router.route().order(EARLY).handler(this::admit);
    }

    private void admit(RoutingContext routing) {
        HttpServerRequest request = routing.request();
        if (isExempt(request.method(), request.path()) || rate.tryAdmit(ClientAddress.of(request))) {
            routing.next();
        } else {
            RequestRejection.sendAndClose(routing, ProblemType.TOO_MANY_REQUESTS, message);
        }
    }

    static boolean isExempt(HttpMethod method, String path) {
        if (path == null) {
            return false;
        }
        if (method.equals(HttpMethod.POST)) {
            return PREDICTIONS.matcher(path).matches();
        }
        return (method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD)) && HEALTH.contains(path);
    }
}
