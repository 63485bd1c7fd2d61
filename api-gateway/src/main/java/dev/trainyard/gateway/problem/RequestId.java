package dev.trainyard.gateway.problem;

import dev.trainyard.tracing.LogFields;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import java.util.Objects;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;
import org.jboss.resteasy.reactive.server.ServerResponseFilter;
import org.jboss.resteasy.reactive.server.core.ResteasyReactiveRequestContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/** Assigns an id to each request, the client's own if it is valid, and returns it in the response. */
public class RequestId {
    public static final String HEADER = "X-Request-Id";
    private static final String PROPERTY = "trainyard.request-id";
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    @ServerRequestFilter(preMatching = true)
    public void assign(ContainerRequestContext request) {
        MDC.put(LogFields.REQUEST, of(request));
    }

    @ServerResponseFilter
    public void repeat(ContainerRequestContext request, ContainerResponseContext response) {
        response.getHeaders().putSingle(HEADER, of(request));
    }

    /** The id of a request of a resource. */
    public static String of(ResteasyReactiveRequestContext request) {
        return Objects.requireNonNull(request.getProperty(PROPERTY), "assigned before a resource is called")
                .toString();
    }

    static String of(ContainerRequestContext request) {
        Object known = request.getProperty(PROPERTY);
        if (known != null) {
            return known.toString();
        }
        String id = of(request.getHeaderString(HEADER));
        request.setProperty(PROPERTY, id);
        return id;
    }

    /** @param sent by the client */
    static String of(@Nullable String sent) {
        return sent != null && PLAIN.matcher(sent).matches()
                ? sent
                : UUID.randomUUID().toString();
    }
}
