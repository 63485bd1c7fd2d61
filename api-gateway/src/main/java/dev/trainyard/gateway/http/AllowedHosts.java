package dev.trainyard.gateway.http;

import dev.trainyard.gateway.problem.ProblemType;
import dev.trainyard.gateway.runtime.GatewaySettings;
import io.netty.util.NetUtil;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accepts only this machine's addresses and names, and those of {@code trainyard.hosts}. Otherwise a browser would
 * treat a page whose host name is made to resolve to the gateway (DNS rebinding) as same-origin, and that page could
 * read and change everything. DNS cannot make an IP address resolve elsewhere.
 */
@ApplicationScoped
class AllowedHosts {
    private static final Logger LOG = LoggerFactory.getLogger(AllowedHosts.class);
    private static final String LOCALHOST = "localhost";

    private final Set<String> names = new HashSet<>();

    AllowedHosts(@ConfigProperty(name = "quarkus.http.host") String listensOn, GatewaySettings settings) {
        settings.hosts().orElse(Set.of()).forEach(name -> names.add(normal(name)));
        if (!ListenAddress.isLoopback(listensOn)) {
            addOwnNames();
        }
    }

    /** Names under which other machines of the network reach this one. */
    private void addOwnNames() {
        try {
            InetAddress own = InetAddress.getLocalHost();
            names.add(normal(own.getHostName()));
            names.add(normal(own.getCanonicalHostName()));
        } catch (UnknownHostException e) {
            LOG.warn("this machine does not know its own name, so clients need its address or TRAINYARD_HOSTS: {}", e);
        }
    }

    /** Continues, or answers 403 if the request names a host that is not this gateway. */
    void check(RoutingContext context) {
        HttpServerRequest request = context.request();
        String unknown = unknown(context);
        if (unknown == null) {
            context.next();
            return;
        }
        RequestRejection.send(
                context,
                ProblemType.FORBIDDEN,
                ("\"%s\" is not a host name of this gateway. Use an address, such as http://%s, or add the host name to the"
                                + " setting trainyard.hosts (TRAINYARD_HOSTS=%s).")
                        .formatted(unknown, address(request), unknown));
    }

    /** Returns the first host name in the request that is not the gateway's. */
    private @Nullable String unknown(RoutingContext context) {
        HttpServerRequest request = context.request();
        HostAndPort authority = request.authority(); // as reported by a trusted proxy, or from Host
        String host = authority == null ? request.getHeader(HttpHeaders.HOST) : authority.host();
        if (host != null && !isOwn(normal(host))) {
            return host;
        }
        String target = request.uri();
        if (target.startsWith("/")) {
            return null; // HTTP/1.0 has no Host; every browser sends one
        }
        String named = hostOf(target); // GET http://example.org/ HTTP/1.1
        return named == null || isOwn(normal(named)) ? null : named;
    }

    private static @Nullable String hostOf(String target) {
        try {
            return URI.create(target).getHost();
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static String address(HttpServerRequest request) {
        String address = request.localAddress().hostAddress();
        return (address.contains(":") ? "[" + address + "]" : address)
                + ":"
                + request.localAddress().port();
    }

    private static String normal(String name) {
        String lower = name.strip().toLowerCase(Locale.ROOT);
        return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }

    private boolean isOwn(String name) {
        String address = name.startsWith("[") && name.endsWith("]") ? name.substring(1, name.length() - 1) : name;
        return name.equals(LOCALHOST)
                || name.endsWith("." + LOCALHOST) // never resolved by DNS (RFC 6761)
                || NetUtil.isValidIpV4Address(address)
                || NetUtil.isValidIpV6Address(address)
                || names.contains(name);
    }
}
