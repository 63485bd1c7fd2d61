package dev.trainyard.gateway.problem;

import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Errors that are found before a request comes to a resource are problems too. */
@ApplicationScoped
class ProblemRoutes {
    private static final Logger LOG = LoggerFactory.getLogger(ProblemRoutes.class);
    /** Before the framework's own, which answers as a page or with nothing. */
    private static final int FIRST = Integer.MIN_VALUE;

    void install(@Observes Router router) {
        router.route().order(FIRST).failureHandler(this::failed);
        for (int status : List.of(400, 404, 405, 413, 415, 500)) {
            router.errorHandler(status, this::failed);
        }
    }

    private void failed(RoutingContext request) {
        HttpServerResponse response = request.response();
        if (response.ended() || response.headWritten()) {
            request.next();
            return;
        }
        int status = request.statusCode() < 400 ? 500 : request.statusCode();
        ProblemType type = ProblemType.ofStatus(status);
        String id = EarlyProblem.answer(request, type, sentence(type));
        if (status >= 500) {
            LOG.error("request {} failed: {}", id, request.request().path(), request.failure());
        }
    }

    private static String sentence(ProblemType type) {
        return switch (type) {
            case NOT_FOUND -> "No resource is here; /q/swagger-ui shows all there are.";
            case METHOD_NOT_ALLOWED -> "This method is not offered here; /q/swagger-ui shows which are.";
            case TOO_LARGE -> "The request is larger than what is read here.";
            case INTERNAL_ERROR ->
                "The request was not carried out. Tell the operator this request_id; the log says why.";
            default -> "The request could not be read; /q/swagger-ui shows examples that work.";
        };
    }
}
