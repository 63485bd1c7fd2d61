package dev.trainyard.gateway;

import dev.trainyard.gateway.problem.EarlyProblem;
import dev.trainyard.gateway.problem.ProblemType;
import io.quarkus.vertx.http.runtime.RouteConstants;
import io.quarkus.vertx.http.runtime.VertxHttpRecorder;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

/**
 * Holds every request but a batch, and an administrator's import, to the size of one picture, before its body is read;
 * {@code quarkus.http.limits.max-body-size} knows one limit for all, which these need large.
 */
@ApplicationScoped
class BodyLimit {
    private static final String BATCH = "/api/v1/predict/batch";
    private static final String IMPORT = "/api/v1/models";
    /** Above the 5 MB of an image with its multipart frame, so that the answer to a larger one is ours. */
    private static final long MOST_BYTES = 8L * 1024 * 1024;

    private final AdminToken admin;

    BodyLimit(AdminToken admin) {
        this.admin = admin;
    }

    void install(@Observes Router router) {
        router.route().order(RouteConstants.ROUTE_ORDER_UPLOAD_LIMIT + 1).handler(this::limit);
    }

    private void limit(RoutingContext request) {
        if (mayBeLarge(request)) {
            request.next();
            return;
        }
        String length = request.request().getHeader(HttpHeaders.CONTENT_LENGTH);
        if (length == null) {
            request.put(VertxHttpRecorder.MAX_REQUEST_SIZE_KEY, MOST_BYTES);
        } else if (Long.parseLong(length) > MOST_BYTES) {
            refuse(request, length);
            return;
        }
        request.next();
    }

    private boolean mayBeLarge(RoutingContext request) {
        String path = request.normalizedPath();
        return path.equals(BATCH)
                || path.equals(IMPORT) && admin.allows(request.request().getHeader(HttpHeaders.AUTHORIZATION));
    }

    private static void refuse(RoutingContext request, String length) {
        request.response().putHeader(HttpHeaders.CONNECTION, "close");
        String detail = "The request has %s bytes; at most %d are read here.".formatted(length, MOST_BYTES);
        EarlyProblem.answer(request, ProblemType.TOO_LARGE, detail);
    }
}
