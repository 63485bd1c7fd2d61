package dev.trainyard.gateway.http;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.gateway.problem.ProblemType;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;

/** Limits the request rate of each client with a token bucket. */
public class ClientRateLimiter {
    private static final int MAX_CLIENTS = 10_000;

    private final LoadingCache<String, Bucket> buckets;
    private final int perSecond;
    private final String message;

    /**
     * Creates a limiter.
     *
     * @param perSecond rate of one client; bursts of twice as many are allowed
     * @param message for clients over the limit, with {@code %d} for {@code perSecond}
     */
    public ClientRateLimiter(int perSecond, String message) {
        this.perSecond = perSecond;
        this.message = message;
        this.buckets = Caffeine.newBuilder()
                .maximumSize(MAX_CLIENTS)
                .expireAfterAccess(Duration.ofMinutes(1))
                .build(client -> Bucket.builder()
                        .addLimit(
                                limit -> limit.capacity(2L * perSecond).refillGreedy(perSecond, Duration.ofSeconds(1)))
                        .build());
    }

    /** As {@link #admit(String, int)}, for one request. */
    public void admit(HttpServerRequest request) {
        admit(ClientAddress.of(request), 1);
    }

    /**
     * Counts {@code count} requests.
     *
     * @param client from {@link ClientAddress}
     * @throws ProblemException 429 if the client is over its rate
     */
    public void admit(String client, int count) {
        ConsumptionProbe probe = buckets.get(client).tryConsumeAndReturnRemaining(Math.min(count, 2L * perSecond));
        if (!probe.isConsumed()) {
            throw new ProblemException(
                    ProblemType.TOO_MANY_REQUESTS,
                    message.formatted(perSecond),
                    Duration.ofNanos(probe.getNanosToWaitForRefill()));
        }
    }

    /** Counts one request; returns false if the client is over its rate. */
    public boolean tryAdmit(String client) {
        return buckets.get(client).tryConsume(1);
    }

    long trackedClients() {
        buckets.cleanUp();
        return buckets.estimatedSize();
    }
}
