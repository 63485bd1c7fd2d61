package dev.trainyard.gateway.http;

import io.quarkus.security.identity.SecurityIdentity;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * Reads in progress with their senders. Event streams, long polls and downloads last long, and must end when their sender
 * loses access.
 */
@Singleton
public class OpenReads {
    private final Set<Read> open = ConcurrentHashMap.newKeySet();

    private static final class Read {
        private final RoutingContext routing;
        private final SecurityIdentity sender;
        private final Context context = Vertx.currentContext();

        private Read(RoutingContext routing, SecurityIdentity sender) {
            this.routing = routing;
            this.sender = sender;
        }

        private void close() {
            context.runOnContext(turn -> {
                HttpServerResponse response = routing.response();
                if (response.isChunked() && response.headWritten() && !response.ended()) {
                    // a complete answer, which browsers do not report as an error
                    response.end().onComplete(sent -> ConnectionGuard.close(routing.request()));
                } else {
                    ConnectionGuard.close(routing.request());
                }
            });
        }
    }

    void add(RoutingContext routing, SecurityIdentity sender) {
        Read read = new Read(routing, sender);
        open.add(read);
        routing.addEndHandler(ended -> open.remove(read));
    }

    /** Closes the connections of senders that are not {@code allowed} any more. */
    public void closeUnless(Predicate<SecurityIdentity> allowed) {
        open.stream().filter(read -> !allowed.test(read.sender)).forEach(Read::close);
    }
}
