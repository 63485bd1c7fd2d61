package dev.trainyard.gateway.http;

import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.gateway.problem.ProblemType;
import dev.trainyard.gateway.runtime.GatewaySettings;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;

/** Checks the administrator's bearer token. Without a configured token all administrative requests are refused. */
@Singleton
public final class AdminToken {
    private static final String SCHEME = "Bearer ";

    private final Optional<String> token;

    @Inject
    AdminToken(GatewaySettings settings) {
        this(settings.admin().token());
    }

    public AdminToken(Optional<String> token) {
        this.token = token.map(String::strip).filter(text -> !text.isEmpty());
    }

    /** @param authorization value of the Authorization header; null if absent */
    public boolean allows(String authorization) {
        if (token.isEmpty() || authorization == null || !authorization.regionMatches(true, 0, SCHEME, 0, 7)) {
            return false;
        }
        // constant time
        return MessageDigest.isEqual(
                authorization.substring(SCHEME.length()).strip().getBytes(StandardCharsets.UTF_8),
                token.get().getBytes(StandardCharsets.UTF_8));
    }

    /** @throws ProblemException 403 if no token is configured, 401 if {@code authorization} does not match */
    public void require(String authorization) {
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
