package dev.trainyard.gateway.access;

import dev.trainyard.gateway.audit.Actor;
import dev.trainyard.gateway.http.AuthenticationFailure;
import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.gateway.problem.ProblemType;
import dev.trainyard.gateway.runtime.ChangeTopic;
import dev.trainyard.gateway.runtime.GatewaySettings;
import dev.trainyard.gateway.runtime.Notifier;
import io.quarkus.security.identity.SecurityIdentity;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Starts and ends sessions. All gateways learn of an end at once. */
@Singleton
class PageSessions {
    private final PageSessionStore store;
    private final SessionDirectory directory;
    private final TokenDirectory tokens;
    private final OidcUsers users;
    private final Notifier notifier;
    private final GatewaySettings.Session settings;

    PageSessions(
            PageSessionStore store,
            SessionDirectory directory,
            TokenDirectory tokens,
            OidcUsers users,
            Notifier notifier,
            GatewaySettings settings) {
        this.store = store;
        this.directory = directory;
        this.tokens = tokens;
        this.users = users;
        this.notifier = notifier;
        this.settings = settings.auth().session();
    }

    /** A session with its secrets, which are not stored. */
    record NewSession(
            SessionSecret id,
            SessionSecret csrf,
            PageSession session,
            String name,
            String role,
            Set<String> permissions) {}

    /** Who signs in. */
    private record Sender(Actor actor, @Nullable String project, String role, Set<String> permissions) {}

    /**
     * Starts a session of an access token.
     *
     * @param previous cookie of a session of this browser, which ends
     * @throws ProblemException 401 if {@code text} is not a valid token, 503 if the tokens are not known yet
     */
    NewSession signIn(String text, @Nullable String previous) {
        AccessTokenEntity token = token(text);
        SessionOwner owner = new SessionOwner.Token(token.id, token.secretHash);
        Sender sender = new Sender(
                new Actor(Actor.Kind.TOKEN, token.name, token.id),
                token.onlyProject(),
                token.role.wireName(),
                token.permissions());
        return start(id -> owner, settings.lifetime(), sender, previous);
    }

    /**
     * Starts a session of a user of the OpenID provider. Without a refresh token it ends with the provider's token.
     *
     * @throws ProblemException 403 if the user has no role
     */
    NewSession signIn(ProviderUser user, @Nullable String previous) {
        OidcRoles roles = users.roles(user.roles());
        if (roles.byProject().isEmpty()) {
            throw new ProblemException(ProblemType.FORBIDDEN, users.noRoles(user.name()));
        }
        Duration rest = Duration.between(Instant.now(), user.until());
        boolean endsWithToken = user.tokens().refreshToken() == null && rest.compareTo(settings.lifetime()) < 0;
        MeResource.Membership membership = MeResource.Membership.of(roles.choose(null), roles.in(roles.choose(null)));
        Sender sender = new Sender(
                new Actor(Actor.Kind.OIDC, user.name(), user.subject()),
                membership.project(),
                membership.role(),
                new TreeSet<>(membership.permissions()));
        return start(id -> owner(user, id), endsWithToken ? rest : settings.lifetime(), sender, previous);
    }

    static SessionOwner.User owner(ProviderUser user, SessionSecret id) {
        return new SessionOwner.User(
                user.subject(),
                user.name(),
                user.roles(),
                user.until(),
                user.tokens().seal(id));
    }

    private NewSession start(
            Function<SessionSecret, SessionOwner> owner, Duration lifetime, Sender sender, @Nullable String previous) {
        SessionSecret id = SessionSecret.create();
        SessionSecret csrf = SessionSecret.create();
        Instant now = Instant.now();
        PageSession session = new PageSession(id.hash(), csrf.hash(), owner.apply(id), now.plus(lifetime), now);
        List<String> ended = store.insert(session, sender.actor(), sender.project(), settings.perToken());
        directory.add(session);
        ended.forEach(directory::forget);
        if (!ended.isEmpty()) {
            notifier.publish(ChangeTopic.SESSIONS);
        }
        signOut(previous);
        return new NewSession(id, csrf, session, sender.actor().name(), sender.role(), sender.permissions());
    }

    private AccessTokenEntity token(String text) {
        Optional<TokenSecret> sent = TokenSecret.parse(text);
        SecurityIdentity identity = sent.map(tokens::find).orElse(null);
        if (identity == null) {
            AuthenticationFailure failure = tokens.failure(sent.isPresent());
            throw new ProblemException(failure.type(), failure.detail());
        }
        return TokenDirectory.token(identity);
    }

    /**
     * Ends the session of a cookie; no change if there is none.
     *
     * @return the provider's tokens of the session
     */
    Optional<SealedTokens> signOut(@Nullable String value) {
        return SessionSecret.parse(value).flatMap(id -> {
            Optional<byte[]> sealed = store.delete(id.hash());
            directory.forget(id.hash());
            notifier.publish(ChangeTopic.SESSIONS);
            return sealed.flatMap(bytes -> SealedTokens.open(bytes, id));
        });
    }
}
