package dev.trainyard.gateway.access;

import dev.trainyard.gateway.http.AuthenticationFailure;
import dev.trainyard.gateway.problem.ProblemType;
import dev.trainyard.gateway.runtime.GatewaySettings;
import dev.trainyard.gateway.runtime.GatewaySettings.Auth.Mode;
import io.quarkus.oidc.runtime.OidcAuthenticationMechanism;
import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.identity.IdentityProviderManager;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.identity.request.AnonymousAuthenticationRequest;
import io.quarkus.vertx.http.runtime.security.ChallengeData;
import io.quarkus.vertx.http.runtime.security.HttpAuthenticationMechanism;
import io.smallrye.mutiny.Uni;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.jwt.JsonWebToken;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Authenticates requests by tokens of an OpenID provider, after the other mechanisms have found no identity. It always
 * decides, so that the mechanism of the framework, which answers without a problem document, is not used.
 */
@ApplicationScoped
class OidcAuthentication implements HttpAuthenticationMechanism {
    private static final Logger LOG = LoggerFactory.getLogger(OidcAuthentication.class);
    private static final String SCHEME = "Bearer ";
    private static final int AFTER_OTHERS = DEFAULT_PRIORITY - 500;

    private final OidcAuthenticationMechanism framework;
    private final OidcUsers users;
    private final boolean enabled;

    OidcAuthentication(OidcAuthenticationMechanism framework, OidcUsers users, GatewaySettings settings) {
        this.framework = framework;
        this.users = users;
        this.enabled = settings.auth().mode() == Mode.OIDC;
    }

    @Override
    public int getPriority() {
        return AFTER_OTHERS;
    }

    @Override
    public Uni<SecurityIdentity> authenticate(RoutingContext routing, IdentityProviderManager identities) {
        Uni<SecurityIdentity> anonymous = identities.authenticate(AnonymousAuthenticationRequest.INSTANCE);
        String header = routing.request().getHeader(HttpHeaders.AUTHORIZATION);
        if (!enabled
                || header == null
                || !header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
                || TokenSecret.hasPrefix(header.substring(SCHEME.length()).strip())) {
            return anonymous;
        }
        return framework
                .authenticate(routing, identities)
                .map(identity -> identity == null ? null : identity(routing, identity))
                .onFailure()
                .recoverWithItem(e -> refused(routing, e))
                .onItem()
                .ifNull()
                .switchTo(anonymous);
    }

    private @Nullable SecurityIdentity identity(RoutingContext routing, SecurityIdentity verified) {
        JsonWebToken token = (JsonWebToken) verified.getPrincipal();
        return users.identity(routing, token, token.getSubject(), users.claim(token.getRawToken()));
    }

    /** A token that is not valid, or a provider that does not answer the request for its keys. */
    private static @Nullable SecurityIdentity refused(RoutingContext routing, Throwable cause) {
        if (cause instanceof AuthenticationFailedException && !ProviderOutage.isCauseOf(cause)) {
            LOG.debug("A token of the OpenID provider was refused", cause);
            new AuthenticationFailure(
                            ProblemType.UNAUTHORIZED,
                            "The token is neither a valid token of the OpenID provider for this platform nor an access token. It may be expired, or issued for another audience. Get a new one.")
                    .putIn(routing);
        } else {
            LOG.debug("The OpenID provider did not answer", cause);
            new AuthenticationFailure(
                            ProblemType.UNAVAILABLE,
                            "The OpenID provider does not respond, so the token cannot be checked. Try again, or use an access token of this platform.")
                    .putIn(routing);
        }
        return null;
    }

    @Override
    public Uni<ChallengeData> getChallenge(RoutingContext routing) {
        return Uni.createFrom().item(new ChallengeData(401, "WWW-Authenticate", SCHEME.strip()));
    }
}
