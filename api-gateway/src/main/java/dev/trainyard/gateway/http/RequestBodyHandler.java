package dev.trainyard.gateway.http;

import dev.trainyard.gateway.problem.ProblemType;
import io.quarkus.vertx.http.runtime.RouteConstants;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.Set;

/**
 * Reads the body of every request before it is served, on the event loop, so that a slow sender blocks no thread.
 * Bodies that are too large, too many at once, or of an unreadable type are refused before they are read.
 */
@ApplicationScoped
class RequestBodyHandler {
    private static final int AFTER_SERVER_LIMIT = RouteConstants.ROUTE_ORDER_UPLOAD_LIMIT + 1;
    private static final Set<HttpMethod> READ_METHODS = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);

    private final BodyRules rules;
    private final BodyReadingContext reading;

    RequestBodyHandler(BodyRules rules, BodyReadingContext reading) {
        this.rules = rules;
        this.reading = reading;
    }

    void install(@Observes Router router) {
        router.route().order(AFTER_SERVER_LIMIT).handler(this::read);
    }

    private void read(RoutingContext routing) {
        HttpServerRequest request = routing.request();
        String error = ContentHeaders.typeError(request);
        if (error != null) {
            RequestRejection.send(routing, ProblemType.UNSUPPORTED_MEDIA_TYPE, error);
            return;
        }
        long length = length(request);
        if (length == 0) {
            routing.next();
            return;
        }
        if (READ_METHODS.contains(request.method())) {
            request.resume(); // the body of such a request has no meaning, so it is discarded
            routing.next();
            return;
        }
        error = ContentHeaders.encodingError(request);
        if (error != null) {
            routing.response().putHeader(HttpHeaders.ACCEPT_ENCODING, ContentHeaders.GZIP);
            RequestRejection.send(routing, ProblemType.UNSUPPORTED_MEDIA_TYPE, error);
            return;
        }
        BodyRule rule = rules.of(routing);
        if (length > rule.most()) {
            RequestRejection.send(
                    routing,
                    ProblemType.TOO_LARGE,
                    "The request has %d bytes; this path accepts at most %d.".formatted(length, rule.most()));
            return;
        }
        new RequestBodyReader(routing, rule, ClientAddress.of(routing.request()), reading).read();
    }

    /** Length of the body in bytes; 0 if there is none, -1 if it is unknown. */
    private static long length(HttpServerRequest request) {
        if (request.headers().contains(HttpHeaders.TRANSFER_ENCODING)) {
            return -1;
        }
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        if (length == null) {
            return 0;
        }
        return length.matches("[0-9]{1,18}") ? Long.parseLong(length) : Long.MAX_VALUE;
    }
}
