package dev.trainyard.gateway.access;

import dev.trainyard.gateway.http.BrowserSession;
import dev.trainyard.gateway.http.OpenReads;
import io.quarkus.security.identity.SecurityIdentity;
import jakarta.inject.Singleton;
import java.time.Instant;
import org.eclipse.microprofile.jwt.JsonWebToken;

/** Ends event streams and other long reads of senders whose token or session has ended. */
@Singleton
public class AccessEnds {
    private final OpenReads reads;
    private final TokenDirectory tokens;
    private final SessionDirectory sessions;

    AccessEnds(OpenReads reads, TokenDirectory tokens, SessionDirectory sessions) {
        this.reads = reads;
        this.tokens = tokens;
        this.sessions = sessions;
    }

    /** Call after each refresh of tokens and sessions. */
    public void apply() {
        reads.closeUnless(this::hasAccess);
    }

    private boolean hasAccess(SecurityIdentity sender) {
        AccessTokenEntity token = sender.getAttribute(TokenDirectory.TOKEN);
        if (token != null && tokens.find(token.id, token.secretHash) == null) {
            return false;
        }
        if (sender.getPrincipal() instanceof JsonWebToken user && isExpired(user)) {
            return false;
        }
        BrowserSession session = sender.getAttribute(BrowserSession.ATTRIBUTE);
        return !(session instanceof PageSession page) || sessions.goesOn(page);
    }

    /** A token of an OpenID provider, whose time is in seconds. */
    private static boolean isExpired(JsonWebToken token) {
        return Instant.now().getEpochSecond() >= token.getExpirationTime();
    }
}
