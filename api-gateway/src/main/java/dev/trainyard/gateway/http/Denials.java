package dev.trainyard.gateway.http;

import dev.trainyard.gateway.problem.RequestId;
import io.github.bucket4j.Bucket;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts and logs refused requests, whichever part of the gateway refuses them. The log has a limited rate, so that a
 * flood does not fill the disk, and no query, header or body, which may have secrets.
 */
@Singleton
public final class Denials {
    private static final Logger LOG = LoggerFactory.getLogger(Denials.class);
    private static final String KEY = Denials.class.getName();
    private static final int MOST_PATH = 200;
    private static final int BURST = 20;

    private final MeterRegistry metrics;
    private final AtomicLong unlogged = new AtomicLong();
    private final Bucket lines = Bucket.builder()
            .addLimit(limit -> limit.capacity(BURST).refillGreedy(1, Duration.ofSeconds(1)))
            .build();

    Denials(MeterRegistry metrics) {
        this.metrics = metrics;
    }

    /** Why a request is refused. */
    public enum Reason {
        /** No valid credentials. */
        UNAUTHENTICATED,
        FORBIDDEN,
        /** The object belongs to another project; the answer is that of an unknown object. */
        FOREIGN_PROJECT,
        /** The page of another origin sent it. */
        CSRF;

        String tag() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Sets the reason of a request that is refused, where its status does not tell it. */
    public static void mark(RoutingContext routing, Reason reason) {
        routing.put(KEY, reason);
    }

    /** Looks at the answer to each request. */
    void watch(RoutingContext routing) {
        routing.addEndHandler(ended -> {
            Reason reason = reason(routing);
            if (reason != null) {
                record(reason, routing);
            }
        });
        routing.next();
    }

    private static @Nullable Reason reason(RoutingContext routing) {
        @Nullable Reason marked = routing.get(KEY);
        if (marked != null) {
            return marked;
        }
        return switch (routing.response().getStatusCode()) {
            case 401 -> Reason.UNAUTHENTICATED;
            case 403 -> Reason.FORBIDDEN;
            default -> null;
        };
    }

    private void record(Reason reason, RoutingContext routing) {
        metrics.counter("trainyard.access.denials", "reason", reason.tag()).increment();
        if (!lines.tryConsume(1)) {
            unlogged.incrementAndGet();
            return;
        }
        String path = routing.normalizedPath();
        LOG.warn(
                "Refused ({}) {} {} from {}, request {}; {} earlier refusals were not logged",
                reason.tag(),
                routing.request().method(),
                path.length() > MOST_PATH ? path.substring(0, MOST_PATH) + "…" : path,
                routing.request().remoteAddress() == null
                        ? "unknown"
                        : routing.request().remoteAddress().hostAddress(),
                routing.response().headers().get(RequestId.HEADER),
                unlogged.getAndSet(0));
    }
}
