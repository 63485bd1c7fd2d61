package dev.trainyard.gateway.http;

import io.quarkus.security.identity.SecurityIdentity;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.Optional;
import java.util.Set;

/** Refuses requests with the session of a browser that the web page did not send (CSRF). */
final class BrowserRequestCheck {
    static final String HEADER = "X-CSRF-Token";
    private static final Set<HttpMethod> READ_METHODS = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);

    private BrowserRequestCheck() {}

    /** Message for a request that is refused; empty if it is not, or if {@code sender} has no such session. */
    static Optional<String> refusal(HttpServerRequest request, SecurityIdentity sender) {
        BrowserSession session = sender.getAttribute(BrowserSession.ATTRIBUTE);
        if (session == null) {
            return Optional.empty();
        }
        if (CrossOriginCheck.isCrossOrigin(request)) {
            return Optional.of("Pages of other origins may not use the session of the web page; send an access token"
                    + " as Authorization: Bearer TOKEN.");
        }
        if (READ_METHODS.contains(request.method()) || session.acceptsCsrfToken(request.getHeader(HEADER))) {
            return Optional.empty();
        }
        return Optional.of("A change with the session of the web page needs the header " + HEADER
                + " with the csrf_token that POST /api/v1/session returned. Sign in again, or send an access token as"
                + " Authorization: Bearer TOKEN.");
    }
}
