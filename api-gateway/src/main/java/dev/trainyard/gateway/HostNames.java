package dev.trainyard.gateway;

import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.gateway.problem.ProblemType;
import io.netty.util.NetUtil;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.RoutingContext;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;

/**
 * Answers a gateway that listens on loopback alone only under names of this machine. Else a page of a stranger's name
 * that comes to point at 127.0.0.1 (DNS rebinding) counts as the gateway's own to a browser, and may read and change all.
 * An address is no name, so nobody can make it point elsewhere.
 */
class HostNames {
    private static final String HERE = "localhost";

    private final boolean forThisMachine;
    private final Optional<Set<String>> allowed;

    HostNames(@ConfigProperty(name = "quarkus.http.host") String listensOn, GatewaySettings settings) {
        this.forThisMachine = isLoopback(listensOn);
        this.allowed = settings.hosts();
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false; // and nobody can listen there
        }
    }

    /** @throws ProblemException 403 where the client calls this gateway by a name that is not its own */
    @ServerRequestFilter(preMatching = true)
    public void refuse(RoutingContext context) {
        HttpServerRequest request = context.request();
        HostAndPort authority = request.authority();
        String named = authority == null ? request.getHeader(HttpHeaders.HOST) : authority.host();
        if (!forThisMachine || named == null || isOwn(named.toLowerCase(Locale.ROOT))) {
            return; // a browser always says a name
        }
        throw new ProblemException(
                ProblemType.FORBIDDEN,
                "This gateway listens for its own machine and is not called \"%s\". ".formatted(named)
                        + "Ask http://127.0.0.1:%d instead, or an operator allows the name with TRAINYARD_HOSTS."
                                .formatted(request.localAddress().port()));
    }

    private boolean isOwn(String name) {
        return name.equals(HERE)
                || name.endsWith("." + HERE) // which no resolver looks up elsewhere (RFC 6761)
                || NetUtil.isValidIpV4Address(name)
                || NetUtil.isValidIpV6Address(name)
                || allowed.orElse(Set.of()).contains(name);
    }
}
