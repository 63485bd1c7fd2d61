package dev.trainyard.gateway.prediction;

import java.time.Duration;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.jboss.resteasy.reactive.RestHeader;

/** How long a client, or a proxy on the way, waits for an answer. */
public class TimeoutHeaders {
    @RestHeader(RequestTimeout.HEADER)
    @Parameter(description = "Seconds after which nobody waits for the answer any more", example = "0.5")
    public String requestTimeout;

    @RestHeader(RequestTimeout.ENVOY_HEADER)
    @Parameter(hidden = true)
    public String envoyTimeout;

    /** What the client and those on the way leave of {@code longest}. */
    public Duration limit(Duration longest) {
        return RequestTimeout.shortest(requestTimeout, envoyTimeout, longest);
    }
}
