package dev.trainyard.gateway.access;

import dev.trainyard.gateway.http.BrowserSession;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A session of the web page.
 *
 * @param lastUsedAt recorded within a minute
 */
record PageSession(String idHash, String csrfHash, SessionOwner owner, Instant expiresAt, Instant lastUsedAt)
        implements BrowserSession {

    /** @param lastUse by this gateway; null if there was none */
    boolean isValid(Instant now, @Nullable Instant lastUse, Duration idle) {
        Instant used = lastUse != null && lastUse.isAfter(lastUsedAt) ? lastUse : lastUsedAt;
        return now.isBefore(expiresAt) && now.isBefore(used.plus(idle));
    }

    /** Whether the provider's tokens have expired, so that the session must be renewed. */
    boolean needsRenewal(Instant now) {
        return owner instanceof SessionOwner.User user && !now.isBefore(user.until());
    }

    /** Whether the roles are of the same token of the provider. */
    boolean hasRolesOf(PageSession other) {
        return !(owner instanceof SessionOwner.User user)
                || (other.owner instanceof SessionOwner.User before
                        && user.until().equals(before.until()));
    }

    @Override
    public boolean acceptsCsrfToken(@Nullable String sent) {
        return SessionSecret.parse(sent).map(secret -> secret.matches(csrfHash)).orElse(false);
    }

    /** Without the hashes, so that they cannot reach a log. */
    @Override
    public String toString() {
        return "session of " + owner.id();
    }
}
