package dev.trainyard.gateway.access;

import dev.trainyard.gateway.audit.Actor;
import dev.trainyard.gateway.http.AuthenticationFailure;
import dev.trainyard.gateway.permission.CurrentProject;
import dev.trainyard.gateway.permission.Permissions;
import dev.trainyard.gateway.permission.ProjectName;
import dev.trainyard.gateway.permission.Role;
import dev.trainyard.gateway.runtime.GatewaySettings;
import dev.trainyard.gateway.runtime.GatewaySettings.Auth.Mode;
import io.quarkus.security.identity.IdentityProviderManager;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.runtime.QuarkusPrincipal;
import io.quarkus.security.runtime.QuarkusSecurityIdentity;
import io.quarkus.vertx.http.runtime.security.ChallengeData;
import io.quarkus.vertx.http.runtime.security.HttpAuthenticationMechanism;
import io.smallrye.mutiny.Uni;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;

/**
 * Authenticates requests by {@code Authorization: Bearer TOKEN}. In mode {@code none} every client has all permissions.
 * A request that fails stays anonymous: {@link AuthenticationFailure} has the reason, for paths that need permission.
 */
@ApplicationScoped
class TokenAuthentication implements HttpAuthenticationMechanism {
    private static final String SCHEME = "Bearer ";

    private final TokenDirectory tokens;
    private final TokenUses uses;
    private final ProjectSelection projects;
    private final boolean open;
    private final SecurityIdentity everyClient = QuarkusSecurityIdentity.builder()
            .setPrincipal(new QuarkusPrincipal(Actor.ANYONE.name()))
            .addRole(Role.ADMINISTRATOR.wireName())
            .addPermissionsAsString(Role.ADMINISTRATOR.permissions())
            .addAttribute(Actor.ATTRIBUTE, Actor.ANYONE)
            .addPermissionAsString(Permissions.PLATFORM)
            .addAttribute(CurrentProject.ATTRIBUTE, ProjectName.DEFAULT)
            .build();

    TokenAuthentication(TokenDirectory tokens, TokenUses uses, ProjectSelection projects, GatewaySettings settings) {
        this.projects = projects;
        this.tokens = tokens;
        this.uses = uses;
        this.open = settings.auth().mode() == Mode.NONE;
    }

    @Override
    public Uni<SecurityIdentity> authenticate(RoutingContext routing, IdentityProviderManager identities) {
        if (open) {
            return Uni.createFrom().item(projects.select(routing, everyClient, null));
        }
        String header = routing.request().getHeader(HttpHeaders.AUTHORIZATION);
        if (header == null || !header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return Uni.createFrom().nullItem();
        }
        Optional<TokenSecret> sent =
                TokenSecret.parse(header.substring(SCHEME.length()).strip());
        SecurityIdentity identity = sent.map(tokens::find).orElse(null);
        if (identity == null) {
            tokens.failure(sent.isPresent()).putIn(routing);
            return Uni.createFrom().nullItem();
        }
        AccessTokenEntity token = TokenDirectory.token(identity);
        uses.record(token.id);
        return Uni.createFrom().item(projects.select(routing, identity, token.onlyProject()));
    }

    @Override
    public Uni<ChallengeData> getChallenge(RoutingContext routing) {
        return Uni.createFrom().item(new ChallengeData(401, "WWW-Authenticate", SCHEME.strip()));
    }
}
