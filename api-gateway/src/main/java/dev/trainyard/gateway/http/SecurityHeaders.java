package dev.trainyard.gateway.http;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.Map;

/** What every answer tells a browser about what it may do with it. */
final class SecurityHeaders {
    private static final Map<String, String> ALWAYS = Map.of(
            "X-Content-Type-Options", "nosniff",
            "X-Frame-Options", "DENY",
            "Referrer-Policy", "same-origin",
            "Cross-Origin-Resource-Policy", "same-origin");

    /** The pages of the gateway have a policy of their own, and its files say how long they are good. */
    private static final Map<String, String> UNLESS_SET = Map.of(
            "Content-Security-Policy",
            "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            "Cache-Control",
            "no-store");

    private static final int FIRST_ERROR = 400;

    private SecurityHeaders() {}

    /** Sees to it that the answer has them, whoever gives it. */
    static void prepare(RoutingContext request) {
        HttpServerResponse response = request.response();
        request.addHeadersEndHandler(ending -> {
            if (response.getStatusCode() >= FIRST_ERROR) {
                response.headers().remove(HttpHeaders.CACHE_CONTROL); // which is of what would have been there
            }
            addTo(response.headers());
        });
        request.next();
    }

    static void addTo(MultiMap headers) {
        ALWAYS.forEach(headers::set);
        UNLESS_SET.forEach((name, value) -> {
            if (!headers.contains(name)) {
                headers.set(name, value);
            }
        });
    }
}
