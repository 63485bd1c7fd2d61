package dev.trainyard.gateway.http;

import dev.trainyard.gateway.problem.EarlyProblem;
import dev.trainyard.gateway.problem.ProblemType;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;

/** Sends a problem for a request whose body may not have been read completely. */
final class RequestRejection {
    /** Time for the client to read the answer; data that it still sends is discarded. */
    private static final long LINGER_MILLIS = 2_000;

    private static final String RETRY_SECONDS = "2";

    private RequestRejection() {}

    static void send(RoutingContext routing, ProblemType type, String detail) {
        if (routing.response().ended() || routing.response().closed()) {
            return;
        }
        HttpServerRequest request = routing.request();
        retryAfter(routing, type);
        if (request.isEnded() || hasNoBody(request)) {
            EarlyProblem.send(routing, type, detail);
            return;
        }
        sendAndClose(routing, type, detail);
    }

    /** As {@link #send}, and closes the connection. */
    static void sendAndClose(RoutingContext routing, ProblemType type, String detail) {
        HttpServerRequest request = routing.request();
        retryAfter(routing, type);
        ConnectionGuard.willClose(request);
        routing.response().putHeader(HttpHeaders.CONNECTION, "close");
        EarlyProblem.send(routing, type, detail);
        if (request.isEnded()) {
            routing.vertx().setTimer(LINGER_MILLIS, over -> ConnectionGuard.close(request));
            request.connection().close();
            return;
        }
        // Closing a connection with unread bytes resets it, and a client that still sends would lose the answer.
        request.handler(dropped -> {});
        request.endHandler(ended -> request.connection().close());
        request.exceptionHandler(gone -> {});
        request.resume();
        routing.vertx().setTimer(LINGER_MILLIS, over -> ConnectionGuard.close(request));
    }

    private static boolean hasNoBody(HttpServerRequest request) {
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        return !request.headers().contains(HttpHeaders.TRANSFER_ENCODING) && (length == null || length.equals("0"));
    }

    private static void retryAfter(RoutingContext routing, ProblemType type) {
        if (type == ProblemType.UNAVAILABLE || type == ProblemType.TOO_MANY_REQUESTS) {
            routing.response().putHeader(HttpHeaders.RETRY_AFTER, RETRY_SECONDS);
        }
    }
}
