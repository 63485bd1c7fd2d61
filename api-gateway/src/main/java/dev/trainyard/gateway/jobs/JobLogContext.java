package dev.trainyard.gateway.jobs;

import dev.trainyard.tracing.LogFields;
import jakarta.ws.rs.container.ContainerRequestContext;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;
import org.slf4j.MDC;

/** Adds the job that a request names to what it logs. */
public class JobLogContext {
    private static final int KEY_LENGTH = 36;

    @ServerRequestFilter
    public void add(ContainerRequestContext request) {
        String key = request.getUriInfo().getPathParameters().getFirst("key");
        if (key != null && key.length() == KEY_LENGTH) {
            MDC.put(LogFields.JOB, key);
        }
    }
}
