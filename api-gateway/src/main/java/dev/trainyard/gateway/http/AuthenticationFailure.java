package dev.trainyard.gateway.http;

import dev.trainyard.gateway.problem.ProblemType;
import io.vertx.ext.web.RoutingContext;
import org.jspecify.annotations.Nullable;

/** Why the credentials of a request were not accepted. */
public record AuthenticationFailure(ProblemType type, String detail) {
    private static final String KEY = AuthenticationFailure.class.getName();
    private static final AuthenticationFailure NO_CREDENTIALS = new AuthenticationFailure(
            ProblemType.UNAUTHORIZED,
            "This gateway needs an access token: send it as Authorization: Bearer TOKEN. Administrators create tokens by POST /api/v1/tokens.");

    public void putIn(RoutingContext routing) {
        routing.put(KEY, this);
    }

    /** Null if the credentials of the request, if any, were accepted. */
    static @Nullable AuthenticationFailure find(RoutingContext routing) {
        return routing.get(KEY);
    }

    /** The failure of an anonymous request. */
    static AuthenticationFailure of(RoutingContext routing) {
        AuthenticationFailure failure = find(routing);
        return failure == null ? NO_CREDENTIALS : failure;
    }
}
