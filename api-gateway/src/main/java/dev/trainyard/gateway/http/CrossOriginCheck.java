package dev.trainyard.gateway.http;

import dev.trainyard.gateway.problem.ProblemType;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Set;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Rejects changes by pages of other origins (CSRF). Without CORS a browser hides the answer from such a page, but it
 * still sends requests that a form could send, such as a POST without a body. If an operator enables CORS, this check
 * is off.
 */
@ApplicationScoped
class CrossOriginCheck {
    private static final Set<HttpMethod> READ_METHODS = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);
    private static final Set<String> OWN_SITE_VALUES = Set.of("same-origin", "none");

    private final boolean corsEnabled;

    CrossOriginCheck(@ConfigProperty(name = "quarkus.http.cors.enabled", defaultValue = "false") boolean cors) {
        this.corsEnabled = cors;
    }

    /** Continues, or answers 403 if a page of another origin requests a change. */
    void check(RoutingContext context) {
        HttpServerRequest request = context.request();
        if (corsEnabled || READ_METHODS.contains(request.method()) || !isCrossOrigin(request)) {
            context.next();
            return;
        }
        Denials.mark(context, Denials.Reason.CSRF);
        RequestRejection.send(
                context,
                ProblemType.FORBIDDEN,
                "Pages of %s are not allowed to make changes here. An operator may allow it: QUARKUS_HTTP_CORS_ENABLED=true and "
                                .formatted(request.getHeader(HttpHeaders.ORIGIN))
                        + "QUARKUS_HTTP_CORS_ORIGINS with that origin. If that is this gateway behind a proxy, let the "
                        + "proxy leave Host as it is, or send X-Forwarded-Host and set "
                        + "QUARKUS_HTTP_PROXY_PROXY_ADDRESS_FORWARDING=true and "
                        + "QUARKUS_HTTP_PROXY_ENABLE_FORWARDED_HOST=true.");
    }

    /** Checks the headers that browsers set; other clients send neither of them. */
    static boolean isCrossOrigin(HttpServerRequest request) {
        String site = request.getHeader("Sec-Fetch-Site"); // not sent over http to another machine
        if (site != null) {
            return !OWN_SITE_VALUES.contains(site);
        }
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        return origin != null && !isSameOrigin(origin, request.authority());
    }

    /** @param authority from Host, or as reported by a trusted proxy */
    private static boolean isSameOrigin(String origin, HostAndPort authority) {
        URI page;
        try {
            page = new URI(origin);
        } catch (URISyntaxException e) {
            return false;
        }
        if (authority == null || page.getHost() == null) { // "null" is the origin of pages without one
            return false;
        }
        int standard = "https".equals(page.getScheme()) ? 443 : 80;
        return page.getHost().equalsIgnoreCase(authority.host())
                && portOr(page.getPort(), standard) == portOr(authority.port(), standard);
    }

    private static int portOr(int port, int standard) {
        return port < 0 ? standard : port;
    }
}
