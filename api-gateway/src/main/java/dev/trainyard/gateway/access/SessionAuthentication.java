package dev.trainyard.gateway.access;

import dev.trainyard.gateway.http.AuthenticationFailure;
import dev.trainyard.gateway.http.ClientAddress;
import dev.trainyard.gateway.http.ClientRateLimiter;
import dev.trainyard.gateway.http.ProtectedPaths;
import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.gateway.problem.ProblemType;
import dev.trainyard.gateway.runtime.GatewaySettings;
import dev.trainyard.gateway.runtime.GatewaySettings.Auth.Mode;
import io.quarkus.security.identity.IdentityProviderManager;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.spi.runtime.BlockingSecurityExecutor;
import io.quarkus.vertx.http.runtime.security.ChallengeData;
import io.quarkus.vertx.http.runtime.security.HttpAuthenticationMechanism;
import io.smallrye.mutiny.Uni;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Authenticates requests of the web page by the cookie of its session; an Authorization header takes precedence. */
@ApplicationScoped
class SessionAuthentication implements HttpAuthenticationMechanism {
    /** A session that this gateway does not know costs one query. */
    private static final int LOOKUPS_PER_SECOND = 100;

    private static final String TOO_MANY = "This client uses more than %d unknown sessions per second; slow down.";

    private static final Logger LOG = LoggerFactory.getLogger(SessionAuthentication.class);

    private final SessionCookie cookie;
    private final SessionDirectory sessions;
    private final SessionRenewal renewal;
    private final SessionIdentities identities;
    private final ClientRateLimiter lookups = new ClientRateLimiter(LOOKUPS_PER_SECOND, TOO_MANY);
    private final BlockingSecurityExecutor blocking;
    private final boolean open;

    SessionAuthentication(
            SessionCookie cookie,
            SessionDirectory sessions,
            SessionRenewal renewal,
            SessionIdentities identities,
            BlockingSecurityExecutor blocking,
            GatewaySettings settings) {
        this.cookie = cookie;
        this.sessions = sessions;
        this.renewal = renewal;
        this.identities = identities;
        this.blocking = blocking;
        this.open = settings.auth().mode() == Mode.NONE;
    }

    @Override
    public Uni<SecurityIdentity> authenticate(RoutingContext routing, IdentityProviderManager unused) {
        String value = cookieOf(routing);
        SessionSecret id = SessionSecret.parse(value).orElse(null);
        if (id == null) {
            return Uni.createFrom().item(value == null ? null : SessionIdentities.ended(routing));
        }
        PageSession known = sessions.known(id.hash());
        if (known != null) {
            return identity(routing, known, id);
        }
        if (!lookups.tryAdmit(ClientAddress.of(routing.request()))) {
            new AuthenticationFailure(ProblemType.TOO_MANY_REQUESTS, TOO_MANY.formatted(LOOKUPS_PER_SECOND))
                    .putIn(routing);
            return Uni.createFrom().nullItem();
        }
        return blocking.executeBlocking(() -> sessions.read(id.hash()))
                .flatMap(found -> found.map(session -> identity(routing, session, id))
                        .orElseGet(() -> Uni.createFrom().item(SessionIdentities.ended(routing))))
                .onFailure(JdbiException.class)
                .recoverWithItem(e -> unavailable(routing, e));
    }

    private Uni<SecurityIdentity> identity(RoutingContext routing, PageSession session, SessionSecret id) {
        if (!session.needsRenewal(Instant.now()) || !identities.mayBeRenewed(session)) {
            return Uni.createFrom().item(identities.find(routing, session));
        }
        return renewal.renew(id)
                .map(found ->
                        found.isPresent() ? identities.find(routing, found.get()) : SessionIdentities.ended(routing))
                .onFailure(ProblemException.class)
                .recoverWithItem(e -> failed(routing, (ProblemException) e))
                .onFailure(JdbiException.class)
                .recoverWithItem(e -> unavailable(routing, e));
    }

    private static @Nullable SecurityIdentity failed(RoutingContext routing, ProblemException problem) {
        new AuthenticationFailure(problem.type(), problem.getMessage()).putIn(routing);
        return null;
    }

    /** Null if the request needs no session, or has other credentials. */
    private @Nullable String cookieOf(RoutingContext routing) {
        boolean needed = !open
                && ProtectedPaths.contains(routing.normalizedPath())
                && !routing.request().headers().contains(HttpHeaders.AUTHORIZATION);
        return needed ? cookie.read(routing.request()) : null;
    }

    private static @Nullable SecurityIdentity unavailable(RoutingContext routing, Throwable cause) {
        LOG.warn("A session could not be read: {}", cause.toString());
        return SessionIdentities.unavailable(routing);
    }

    @Override
    public Uni<ChallengeData> getChallenge(RoutingContext routing) {
        return Uni.createFrom().item(new ChallengeData(401, "WWW-Authenticate", "Bearer"));
    }
}
