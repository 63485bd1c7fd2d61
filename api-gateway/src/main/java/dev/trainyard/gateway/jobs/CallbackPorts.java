package dev.trainyard.gateway.jobs;

import java.net.InetAddress;
import java.net.URI;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Ports that callbacks may be sent to, so that clients cannot make a gateway write to servers other than web servers.
 *
 * @param listed allowed ports
 * @param anyOfPrivate allows all ports of addresses that are not public
 */
record CallbackPorts(Set<Integer> listed, boolean anyOfPrivate) {
    private static final Set<Integer> DEFAULT = Set.of(80, 443);
    private static final int MAX = 65_535;

    /**
     * @param listed empty for the default: 80 and 443, and all ports of private addresses where these may be called
     * @throws IllegalArgumentException if one of them is no port
     */
    static CallbackPorts of(Optional<Set<Integer>> listed, boolean privateAllowed) {
        listed.orElse(Set.of()).forEach(port -> {
            if (port < 1 || port > MAX) {
                throw new IllegalArgumentException(
                        "trainyard.callback.ports contains %d, which is not between 1 and %d.".formatted(port, MAX));
            }
        });
        return new CallbackPorts(listed.orElse(DEFAULT), listed.isEmpty() && privateAllowed);
    }

    /** @param addresses those of the URL's host */
    boolean allow(URI url, InetAddress... addresses) {
        return listed.contains(port(url))
                || (anyOfPrivate && Arrays.stream(addresses).noneMatch(PublicAddress::isPublic));
    }

    /** The reason why {@code url} is refused, as the rest of a sentence. */
    String refusal(URI url) {
        String allowed = new TreeSet<>(listed).stream().map(String::valueOf).collect(Collectors.joining(", "));
        return "has the port %d; the operator allows %s (trainyard.callback.ports)".formatted(port(url), allowed);
    }

    private static int port(URI url) {
        if (url.getPort() >= 0) {
            return url.getPort();
        }
        return "https".equalsIgnoreCase(url.getScheme()) ? 443 : 80;
    }
}
