package dev.trainyard.gateway.access;

import dev.trainyard.gateway.http.AuthenticationFailure;
import dev.trainyard.gateway.http.BrowserSession;
import dev.trainyard.gateway.problem.ProblemType;
import dev.trainyard.gateway.runtime.GatewaySettings;
import dev.trainyard.gateway.runtime.GatewaySettings.Auth.Mode;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.runtime.QuarkusPrincipal;
import io.quarkus.security.runtime.QuarkusSecurityIdentity;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import org.jspecify.annotations.Nullable;

/** Identity of the user of a session. If the session is not valid, the reason is put in the request. */
@Singleton
class SessionIdentities {
    private final SessionDirectory sessions;
    private final TokenDirectory tokens;
    private final TokenUses uses;
    private final ProjectSelection projects;
    private final OidcUsers users;
    private final boolean provider;

    SessionIdentities(
            SessionDirectory sessions,
            TokenDirectory tokens,
            TokenUses uses,
            ProjectSelection projects,
            OidcUsers users,
            GatewaySettings settings) {
        this.sessions = sessions;
        this.tokens = tokens;
        this.uses = uses;
        this.projects = projects;
        this.users = users;
        this.provider = settings.auth().mode() == Mode.OIDC;
    }

    /** Whether the session goes on but for the provider's tokens. */
    boolean mayBeRenewed(PageSession session) {
        return provider && sessions.use(session);
    }

    @Nullable
    SecurityIdentity find(RoutingContext routing, PageSession session) {
        SecurityIdentity sender = session.owner() instanceof SessionOwner.User user
                ? ofUser(routing, session, user)
                : ofToken(routing, session, (SessionOwner.Token) session.owner());
        return sender == null
                ? null
                : QuarkusSecurityIdentity.builder(sender)
                        .addPermissions(sender.getPermissions()) // the builder only copies the check of permissions
                        .addAttribute(BrowserSession.ATTRIBUTE, session)
                        .build();
    }

    private @Nullable SecurityIdentity ofUser(RoutingContext routing, PageSession session, SessionOwner.User user) {
        return provider && sessions.goesOn(session) && sessions.use(session)
                ? users.identity(routing, new QuarkusPrincipal(user.name()), user.id(), user.roles())
                : ended(routing);
    }

    private @Nullable SecurityIdentity ofToken(RoutingContext routing, PageSession session, SessionOwner.Token owner) {
        if (!tokens.isLoaded()) {
            return unavailable(routing);
        }
        SecurityIdentity token = tokens.find(owner.id(), owner.secretHash());
        if (token == null || !sessions.use(session)) {
            return ended(routing);
        }
        uses.record(owner.id());
        return projects.select(routing, token, TokenDirectory.token(token).onlyProject());
    }

    static @Nullable SecurityIdentity ended(RoutingContext routing) {
        new AuthenticationFailure(
                        ProblemType.UNAUTHORIZED,
                        "The session has ended. Sign in again on the web page, or send an access token as Authorization: Bearer TOKEN.")
                .putIn(routing);
        return null;
    }

    static @Nullable SecurityIdentity unavailable(RoutingContext routing) {
        new AuthenticationFailure(
                        ProblemType.UNAVAILABLE,
                        "The session could not be read, because the database does not respond. Try again.")
                .putIn(routing);
        return null;
    }
}
