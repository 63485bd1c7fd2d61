package dev.trainyard.gateway.access;

import java.time.Instant;
import java.util.Set;

/** Who has signed in to a session of the web page. */
sealed interface SessionOwner {
    /** Id of the token, or subject of the user. */
    String id();

    /**
     * An access token.
     *
     * @param secretHash of its secret at the sign-in; another one means that the token was rotated
     */
    record Token(String id, byte[] secretHash) implements SessionOwner {}

    /**
     * A user of the OpenID provider.
     *
     * @param id the subject
     * @param roles values of the roles claim
     * @param until the end of the token that has the roles
     * @param sealed the provider's tokens, see {@link SealedTokens}
     */
    record User(String id, String name, Set<String> roles, Instant until, byte[] sealed) implements SessionOwner {}
}
