package dev.trainyard.gateway;

import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.gateway.problem.ProblemType;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;

/** Holds the bodies that are in memory at once to a share of the heap; who comes beyond it is told to come again. */
class BodyBudget {
    /** As {@code quarkus.http.limits.max-body-size}; for a body that does not say its size. */
    private static final long LARGEST = 8L * 1024 * 1024;

    /** Its bodies lie in files until they are all there, and then in memory of their own. */
    private static final String BATCH = "/api/v1/predict/batch";

    private static final Duration RETRY = Duration.ofSeconds(1);

    private final long limit;
    private final AtomicLong held = new AtomicLong();

    BodyBudget() {
        this(Runtime.getRuntime().maxMemory() / 4);
    }

    BodyBudget(long limit) {
        this.limit = limit;
    }

    /** Before the body is read. */
    @ServerRequestFilter(preMatching = true)
    public void admit(RoutingContext request) {
        long size = BATCH.equals(request.request().path()) ? 0 : size(request.request());
        if (size > 0) {
            take(size);
            request.addEndHandler(ended -> give(size));
        }
    }

    void take(long size) {
        if (held.addAndGet(size) > limit) {
            held.addAndGet(-size);
            throw new ProblemException(
                    ProblemType.UNAVAILABLE,
                    "The requests that are being read have %d MB already. Try again.".formatted(limit / 1024 / 1024),
                    RETRY);
        }
    }

    void give(long size) {
        held.addAndGet(-size);
    }

    private static long size(HttpServerRequest request) {
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        if (length != null) {
            return length.matches("[0-9]{1,9}") ? Math.min(LARGEST, Long.parseLong(length)) : LARGEST;
        }
        return request.getHeader(HttpHeaders.TRANSFER_ENCODING) == null ? 0 : LARGEST;
    }
}
