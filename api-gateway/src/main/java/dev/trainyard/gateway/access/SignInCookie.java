package dev.trainyard.gateway.access;

import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.gateway.problem.ProblemType;
import dev.trainyard.gateway.runtime.GatewaySettings;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import jakarta.inject.Singleton;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/**
 * The cookie of a sign-in at the OpenID provider: its {@link SignInSecret}. The provider returns the browser to a page of
 * this gateway, and that page completes the sign-in, so that the cookie need not be sent from other sites.
 */
@Singleton
class SignInCookie extends HostCookie {
    static final String NAME = "trainyard_sign_in";
    /** Path of the page; its address is registered at the provider. */
    private static final String PAGE = "/sign-in";

    private static final Duration LIFETIME = Duration.ofMinutes(10);

    SignInCookie(GatewaySettings settings) {
        super(NAME, settings);
    }

    Optional<SignInSecret> secret(HttpServerRequest request) {
        return SessionSecret.parse(read(request)).map(SignInSecret::new);
    }

    String set(HttpServerRequest request, SignInSecret secret) {
        return set(request, secret.random(), LIFETIME);
    }

    /** Address of the page to which the provider returns the browser. */
    URI page(HttpServerRequest request) {
        return address(request, PAGE);
    }

    /** Address of {@code path} at this gateway, as the browser sees it. */
    URI address(HttpServerRequest request, String path) {
        HostAndPort authority = request.authority();
        if (authority == null) {
            throw new ProblemException(ProblemType.MALFORMED_REQUEST, "The request has no header Host.");
        }
        String port = authority.port() < 0 ? "" : ":" + authority.port();
        return URI.create((isSecure(request) ? "https://" : "http://") + authority.host() + port + path);
    }
}
