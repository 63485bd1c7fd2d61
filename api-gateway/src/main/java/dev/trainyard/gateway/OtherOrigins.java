package dev.trainyard.gateway;

import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.gateway.problem.ProblemType;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.Set;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;

/**
 * Refuses changes that a page of another origin asks for. Without CORS a browser keeps the answer from such a page, but
 * it does send what a form may send, such as a POST without a body. Where an operator enables CORS, that decides.
 */
class OtherOrigins {
    private static final Set<HttpMethod> READING = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);
    private static final Set<String> OTHER_SITES = Set.of("cross-site", "same-site");

    private final boolean decidedByCors;

    OtherOrigins(@ConfigProperty(name = "quarkus.http.cors.enabled", defaultValue = "false") boolean cors) {
        this.decidedByCors = cors;
    }

    /** @throws ProblemException 403 where a page of another origin wants a change */
    @ServerRequestFilter(preMatching = true)
    public void refuse(RoutingContext context) {
        HttpServerRequest request = context.request();
        if (decidedByCors || READING.contains(request.method()) || !isOfOther(request)) {
            return;
        }
        throw new ProblemException(
                ProblemType.FORBIDDEN,
                "Pages of %s may not change anything here. An operator may allow it: QUARKUS_HTTP_CORS_ENABLED=true and "
                                .formatted(request.getHeader(HttpHeaders.ORIGIN))
                        + "QUARKUS_HTTP_CORS_ORIGINS with that origin.");
    }

    /** What a browser says of itself; other clients send neither header. */
    private static boolean isOfOther(HttpServerRequest request) {
        String site = request.getHeader("Sec-Fetch-Site");
        if (site != null) {
            return OTHER_SITES.contains(site);
        }
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        return origin != null && !origin.endsWith("://" + request.getHeader(HttpHeaders.HOST));
    }
}
