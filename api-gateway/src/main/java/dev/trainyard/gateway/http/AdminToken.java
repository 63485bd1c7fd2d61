package dev.trainyard.gateway.http;

import dev.trainyard.gateway.permission.Permissions;
import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.gateway.problem.ProblemType;
import dev.trainyard.gateway.runtime.GatewaySettings;
import dev.trainyard.gateway.runtime.GatewaySettings.Auth.Mode;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Checks that an administrator sends a request. Without access tokens that is who knows {@code trainyard.admin.token};
 * if it is not configured, all administrative requests are refused.
 */
@Singleton
public final class AdminToken {
    private static final String SCHEME = "Bearer ";

    private final Optional<String> token;
    private final boolean accessTokens;

    @Inject
    AdminToken(GatewaySettings settings) {
        this(settings.admin().token(), settings.auth().mode() != Mode.NONE);
    }

    AdminToken(Optional<String> token, boolean accessTokens) {
        this.accessTokens = accessTokens;
        this.token = token.map(String::strip).filter(text -> !text.isEmpty());
    }

    /** Returns true if the sender may make administrative requests; asked before the body is read. */
    boolean allows(RoutingContext routing) {
        return accessTokens
                ? AuthenticationCheck.hasPermission(routing, Permissions.ADMINISTER)
                : allows(routing.request().getHeader(HttpHeaders.AUTHORIZATION));
    }

    /** @param authorization value of the Authorization header; null if absent */
    boolean allows(@Nullable String authorization) {
        if (token.isEmpty() || authorization == null || !authorization.regionMatches(true, 0, SCHEME, 0, 7)) {
            return false;
        }
        // constant time
        return MessageDigest.isEqual(
                authorization.substring(SCHEME.length()).strip().getBytes(StandardCharsets.UTF_8),
                token.get().getBytes(StandardCharsets.UTF_8));
    }

    /**
     * For methods that need the permission {@link Permissions#ADMINISTER}, which access tokens have or lack.
     *
     * @throws ProblemException 403 if no token is configured, 401 if {@code authorization} does not match
     */
    public void require(@Nullable String authorization) {
        if (accessTokens) {
            return;
        }
        if (token.isEmpty()) {
            throw new ProblemException(
                    ProblemType.FORBIDDEN,
                    "This request needs an administrator, and no administrator token is configured: start the gateway with trainyard.admin.token, and send it as Authorization: Bearer TOKEN.");
        }
        if (!allows(authorization)) {
            throw new ProblemException(
                    ProblemType.UNAUTHORIZED,
                    "This request needs an administrator: send the gateway's trainyard.admin.token as Authorization: Bearer TOKEN.");
        }
    }
}
