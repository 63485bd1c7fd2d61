package dev.trainyard.gateway.access;

import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.gateway.problem.ProblemType;
import dev.trainyard.gateway.runtime.ChangeTopic;
import dev.trainyard.gateway.runtime.Notifier;
import io.quarkus.security.spi.runtime.BlockingSecurityExecutor;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Renews the provider's tokens of sessions. A refresh token may be valid once only, so one request of one gateway renews a
 * session, and the other requests wait for it.
 */
@Singleton
class SessionRenewal {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration WAIT = Duration.ofSeconds(5);

    private final PageSessionStore store;
    private final SessionDirectory directory;
    private final OpenIdProvider provider;
    private final Notifier notifier;
    private final BlockingSecurityExecutor blocking;

    SessionRenewal(
            PageSessionStore store,
            SessionDirectory directory,
            OpenIdProvider provider,
            Notifier notifier,
            BlockingSecurityExecutor blocking) {
        this.store = store;
        this.directory = directory;
        this.provider = provider;
        this.notifier = notifier;
        this.blocking = blocking;
    }

    /** Another request renews the session. */
    private static final class BusyException extends RuntimeException {
        private static final long serialVersionUID = 1;

        private BusyException() {
            super("another request renews the session", null, false, false);
        }
    }

    /** The renewed session; empty if it has ended. Fails with a {@link ProblemException} if the provider does not respond. */
    Uni<Optional<PageSession>> renew(SessionSecret id) {
        return Uni.createFrom()
                .deferred(() -> blocking.executeBlocking(() -> renewNow(id)))
                .onFailure(BusyException.class)
                .retry()
                .withBackOff(POLL, POLL)
                .expireIn(WAIT.toMillis())
                .onFailure(BusyException.class)
                .transform(busy -> new ProblemException(
                        ProblemType.UNAVAILABLE, "The session is being renewed. Try again.", Duration.ofSeconds(1)));
    }

    private Optional<PageSession> renewNow(SessionSecret id) {
        PageSession session = directory.read(id.hash()).orElse(null);
        if (session == null || !session.needsRenewal(Instant.now())) {
            return Optional.ofNullable(session); // another gateway has renewed it
        }
        SessionOwner.User user = (SessionOwner.User) session.owner();
        SealedTokens tokens = SealedTokens.open(user.sealed(), id).orElse(null);
        if (tokens == null || tokens.refreshToken() == null) {
            return ended(session);
        }
        if (!store.reserveRenewal(session.idHash(), user.until())) {
            throw new BusyException();
        }
        try {
            ProviderUser renewed = provider.renew(tokens, tokens.refreshToken(), user.id());
            return store(session, PageSessions.owner(renewed, id));
        } catch (ProblemException e) {
            if (e.type() == ProblemType.UNAUTHORIZED) {
                return ended(session);
            }
            store.releaseRenewal(session.idHash());
            throw e;
        }
    }

    private Optional<PageSession> store(PageSession session, SessionOwner.User user) {
        if (!store.renew(session.idHash(), user)) {
            return ended(session); // the user has signed out
        }
        notifier.publish(ChangeTopic.SESSIONS);
        return directory.read(session.idHash());
    }

    private Optional<PageSession> ended(PageSession session) {
        store.end(session.idHash());
        directory.forget(session.idHash());
        notifier.publish(ChangeTopic.SESSIONS);
        return Optional.empty();
    }
}
