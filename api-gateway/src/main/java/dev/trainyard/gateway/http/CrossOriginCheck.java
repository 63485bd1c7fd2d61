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
 * Refuses changes that a page of another origin asks for. Without CORS a browser keeps the answer from such a page, but
 * it does send what a form may send, such as a POST without a body. Where an operator enables CORS, that decides.
 */
@ApplicationScoped
class CrossOriginCheck {
    private static final Set<HttpMethod> READING = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);
    private static final Set<String> OWN_SITES = Set.of("same-origin", "none");

    private final boolean decidedByCors;

    CrossOriginCheck(@ConfigProperty(name = "quarkus.http.cors.enabled", defaultValue = "false") boolean cors) {
        this.decidedByCors = cors;
    }

    /** Goes on, or answers 403 where a page of another origin asks for a change. */
    void check(RoutingContext context) {
        HttpServerRequest request = context.request();
        if (decidedByCors || READING.contains(request.method()) || !isOfOther(request)) {
            context.next();
            return;
        }
        RequestRejection.send(
                context,
                ProblemType.FORBIDDEN,
                "Pages of %s may not change anything here. An operator may allow it: QUARKUS_HTTP_CORS_ENABLED=true and "
                                .formatted(request.getHeader(HttpHeaders.ORIGIN))
                        + "QUARKUS_HTTP_CORS_ORIGINS with that origin. If that is this gateway behind a proxy, let the "
                        + "proxy leave Host as it is, or send X-Forwarded-Host and set "
                        + "QUARKUS_HTTP_PROXY_PROXY_ADDRESS_FORWARDING=true and "
                        + "QUARKUS_HTTP_PROXY_ENABLE_FORWARDED_HOST=true.");
    }

    /** What a browser says of itself; other clients send neither header. */
    private static boolean isOfOther(HttpServerRequest request) {
        String site = request.getHeader("Sec-Fetch-Site"); // not sent over http to another machine
        if (site != null) {
            return !OWN_SITES.contains(site);
        }
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        return origin != null && !isAt(origin, request.authority());
    }

    /** @param authority as the client named it: of Host, or of what a trusted proxy says it was */
    private static boolean isAt(String origin, HostAndPort authority) {
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
                && or(page.getPort(), standard) == or(authority.port(), standard);
    }

    private static int or(int port, int standard) {
        return port < 0 ? standard : port;
    }
}
