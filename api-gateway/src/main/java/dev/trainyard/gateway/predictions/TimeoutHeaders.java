package dev.trainyard.gateway.predictions;

import java.time.Duration;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.jboss.resteasy.reactive.RestHeader;
import org.jspecify.annotations.Nullable;

/** Request headers with the timeout of the client and of a proxy. */
public class TimeoutHeaders {
    @RestHeader(RequestTimeout.HEADER)
    @Parameter(description = "Seconds after which the client no longer waits for the answer", example = "0.5")
    public @Nullable String requestTimeout;

    @RestHeader(RequestTimeout.ENVOY_HEADER)
    @Parameter(hidden = true)
    public @Nullable String envoyTimeout;

    /** Returns the shortest of {@code longest} and the timeouts of the client and the proxy. */
    public Duration limit(Duration longest) {
        return RequestTimeout.shortest(requestTimeout, envoyTimeout, longest);
    }
}
