package dev.trainyard.gateway.problem;

import dev.trainyard.gateway.page.HtmlDocuments;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.Arrays;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends problems for failures before a request reaches a resource. */
@ApplicationScoped
class FailureHandler {
    private static final Logger LOG = LoggerFactory.getLogger(FailureHandler.class);
    /** Before the framework's handler, which sends an HTML page or an empty body. */
    private static final int FIRST = Integer.MIN_VALUE + 2;

    private final HtmlDocuments documents;

    FailureHandler(HtmlDocuments documents) {
        this.documents = documents;
    }

    void install(@Observes Router router) {
        router.route().order(FIRST).failureHandler(this::failed);
        Arrays.stream(ProblemType.values())
                .mapToInt(ProblemType::status)
                .distinct()
                .forEach(status -> router.errorHandler(status, this::failed));
    }

    private void failed(RoutingContext request) {
        HttpServerResponse response = request.response();
        if (response.ended() || response.headWritten()) {
            request.next();
            return;
        }
        int status = request.statusCode() < 400 ? 500 : request.statusCode();
        if (status == 404 && isRead(request)) {
            EarlyProblem.notFound(request, documents.page());
            return;
        }
        ProblemType type = ProblemType.ofStatus(status);
        String id = EarlyProblem.send(request, type, type.advice());
        if (status >= 500) {
            LOG.error("request {} failed: {}", id, request.request().path(), request.failure());
        }
    }

    private static boolean isRead(RoutingContext request) {
        HttpMethod method = request.request().method();
        return method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD);
    }
}
