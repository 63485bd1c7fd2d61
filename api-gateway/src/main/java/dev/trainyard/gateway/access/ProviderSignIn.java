package dev.trainyard.gateway.access;

import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.gateway.problem.ProblemType;
import dev.trainyard.gateway.runtime.GatewaySettings;
import dev.trainyard.gateway.runtime.GatewaySettings.Auth.Mode;
import io.vertx.core.http.HttpServerRequest;
import jakarta.inject.Singleton;
import java.net.URI;
import java.util.Optional;

/** Sign-ins at the OpenID provider, each bound to the browser that began it. */
@Singleton
class ProviderSignIn {
    private final OpenIdProvider provider;
    private final SignInCookie cookie;
    private final boolean enabled;

    ProviderSignIn(OpenIdProvider provider, SignInCookie cookie, GatewaySettings settings) {
        this.provider = provider;
        this.cookie = cookie;
        this.enabled = settings.auth().mode() == Mode.OIDC;
    }

    /** The address of the provider to which the browser goes. */
    URI begin(SignInSecret secret, HttpServerRequest request) {
        requireProvider();
        return provider.authorization(secret, cookie.page(request));
    }

    /** @throws ProblemException 401 if this browser did not begin the sign-in, or the provider refuses it */
    ProviderUser complete(SignInRequest.WithCode answer, HttpServerRequest request) {
        requireProvider();
        SignInSecret secret = cookie.secret(request)
                .filter(begun -> begun.hasState(answer.state()))
                .orElseThrow(
                        () -> new ProblemException(
                                ProblemType.UNAUTHORIZED,
                                "This sign-in was begun in another browser or more than 10 minutes ago, or is complete already. Sign in again."));
        return provider.exchange(answer.code(), secret, cookie.page(request));
    }

    /** Empty if the user is not signed in at a provider, or it has no address for signing out. */
    Optional<URI> signOut(SealedTokens tokens, HttpServerRequest request) {
        return enabled ? provider.signOut(tokens, cookie.address(request, "/")) : Optional.empty();
    }

    private void requireProvider() {
        if (!enabled) {
            throw new ProblemException(
                    ProblemType.CONFLICT,
                    "This gateway has no OpenID provider (trainyard.auth.mode is not oidc). Sign in with an access token.");
        }
    }
}
