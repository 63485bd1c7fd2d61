package dev.trainyard.gateway.http;

import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.container.ContainerRequestContext;
import java.io.ByteArrayInputStream;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;

/** Passes the complete body to the resource. */
public class ReceivedBody {
    private static final String BYTES = "trainyard.body";
    private static final String SHARE = "trainyard.body.share";
    private static final byte[] NONE = {};

    static void put(RoutingContext routing, byte[] bytes, SharedBudget.Share share) {
        routing.put(BYTES, bytes);
        routing.put(SHARE, share);
    }

    /** Releases memory that serving the body does not need; the rest is released at the end of the request. */
    public static void shrinkTo(RoutingContext routing, long bytes) {
        SharedBudget.Share share = routing.get(SHARE);
        if (share != null) {
            share.shrinkTo(bytes);
        }
    }

    @ServerRequestFilter(preMatching = true)
    public void setEntity(RoutingContext routing, ContainerRequestContext request) {
        byte[] bytes = routing.get(BYTES);
        request.setEntityStream(new ByteArrayInputStream(bytes == null ? NONE : bytes));
    }
}
