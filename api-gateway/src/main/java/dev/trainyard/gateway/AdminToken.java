package dev.trainyard.gateway;

import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.gateway.problem.ProblemType;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;

/** What an administrator shows for what not everybody may do; nobody may where none is set. */
public final class AdminToken {
    private static final String SCHEME = "Bearer ";

    private final Optional<String> token;

    public AdminToken(Optional<String> token) {
        this.token = token.map(String::strip).filter(text -> !text.isEmpty());
    }

    /** @param authorization the header; null if there is none */
    public boolean allows(String authorization) {
        if (token.isEmpty() || authorization == null || !authorization.regionMatches(true, 0, SCHEME, 0, 7)) {
            return false;
        }
        // takes as long for a wrong one as for the right one
        return MessageDigest.isEqual(
                authorization.substring(SCHEME.length()).strip().getBytes(StandardCharsets.UTF_8),
                token.get().getBytes(StandardCharsets.UTF_8));
    }

    /** @throws ProblemException 403 where no token is set, 401 for another one */
    public void require(String authorization) {
        if (token.isEmpty()) {
            throw new ProblemException(
                    ProblemType.FORBIDDEN,
                    "This is for administrators, and none is named: start the gateway with trainyard.admin.token, and send it as Authorization: Bearer TOKEN.");
        }
        if (!allows(authorization)) {
            throw new ProblemException(
                    ProblemType.UNAUTHORIZED,
                    "This is for administrators: send the gateway's trainyard.admin.token as Authorization: Bearer TOKEN.");
        }
    }
}
