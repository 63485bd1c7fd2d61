package dev.trainyard.gateway.http;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.Map;

/** Sets the security headers of every answer. */
final class SecurityHeaders {
    private static final Map<String, String> ALWAYS = Map.of(
            "X-Content-Type-Options", "nosniff",
            "X-Frame-Options", "DENY",
            "Referrer-Policy", "same-origin",
            "Cross-Origin-Resource-Policy", "same-origin");

    /** The gateway's pages have their own policy, and its files their own cache lifetime. */
    private static final Map<String, String> UNLESS_SET = Map.of(
            "Content-Security-Policy",
            "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            "Cache-Control",
            "no-store");

    private static final int FIRST_ERROR = 400;

    private SecurityHeaders() {}

    /** Adds the headers to the responses of all handlers. */
    static void prepare(RoutingContext request) {
        HttpServerResponse response = request.response();
        request.addHeadersEndHandler(ending -> {
            if (response.getStatusCode() >= FIRST_ERROR) {
                response.headers().remove(HttpHeaders.CACHE_CONTROL); // it is for the normal answer, not for the error
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
