package dev.trainyard.gateway.http;

import dev.trainyard.gateway.permission.Permissions;
import dev.trainyard.gateway.problem.ProblemType;
import dev.trainyard.gateway.runtime.GatewaySettings;
import dev.trainyard.gateway.runtime.GatewaySettings.Auth.Mode;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.vertx.http.runtime.security.QuarkusHttpUser;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Refuses anonymous requests before their bodies are read, and requests for the metrics, which are no resource, without
 * permission. All other permissions are checked at the methods of the resources.
 */
@ApplicationScoped
class AuthenticationCheck {
    private static final String METRICS = "/q/metrics";

    private final OpenReads reads;
    private final boolean open;

    AuthenticationCheck(OpenReads reads, GatewaySettings settings) {
        this.reads = reads;
        this.open = settings.auth().mode() == Mode.NONE;
    }

    void check(RoutingContext routing) {
        String path = routing.normalizedPath();
        if (!ProtectedPaths.contains(path) || isOptions(routing)) {
            routing.next();
            return;
        }
        if (open && AuthenticationFailure.find(routing) == null) {
            routing.next();
            return;
        }
        SecurityIdentity identity = identity(routing);
        if (identity != null && !identity.isAnonymous()) {
            checkSender(routing, path, identity);
        } else if (isForAnyone(path, routing.request().method())) {
            routing.next();
        } else {
            AuthenticationFailure failure = AuthenticationFailure.of(routing);
            if (failure.type() == ProblemType.UNAUTHORIZED) {
                routing.response().putHeader("WWW-Authenticate", "Bearer");
            }
            RequestRejection.send(routing, failure.type(), failure.detail());
        }
    }

    private void checkSender(RoutingContext routing, String path, SecurityIdentity sender) {
        HttpMethod method = routing.request().method();
        boolean signsIn = ProtectedPaths.isSignIn(path, method); // also if the page has lost its CSRF token
        Optional<String> refusal = signsIn ? Optional.empty() : BrowserRequestCheck.refusal(routing.request(), sender);
        if (refusal.isPresent()) {
            Denials.mark(routing, Denials.Reason.CSRF);
            RequestRejection.send(routing, ProblemType.FORBIDDEN, refusal.get());
        } else if (path.startsWith(METRICS) && !hasPermission(routing, Permissions.METRICS)) {
            RequestRejection.send(
                    routing,
                    ProblemType.FORBIDDEN,
                    "The access token lacks the permission " + Permissions.METRICS + ".");
        } else {
            if (method.equals(HttpMethod.GET)) {
                reads.add(routing, sender);
            }
            routing.next();
        }
    }

    private static boolean isForAnyone(String path, HttpMethod method) {
        return ProtectedPaths.isSignIn(path, method) || ProtectedPaths.isSignOut(path, method);
    }

    /** OPTIONS shows the methods of a path, which the OpenAPI document has too. */
    private static boolean isOptions(RoutingContext routing) {
        return routing.request().method().equals(HttpMethod.OPTIONS);
    }

    /** Without waiting, on the event loop. */
    static boolean hasPermission(RoutingContext routing, String permission) {
        SecurityIdentity identity = identity(routing);
        return identity != null
                && identity.getPermissions().stream()
                        .anyMatch(granted -> granted.getName().equals(permission));
    }

    private static @Nullable SecurityIdentity identity(RoutingContext routing) {
        return routing.user() instanceof QuarkusHttpUser user ? user.getSecurityIdentity() : null;
    }
}
