package dev.trainyard.gateway.http;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.gateway.problem.ProblemType;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;

/** Holds each client to a rate, so that one in a loop does not crowd out the others. */
public final class ClientRateLimiter {
    /** Identifier of the rate of submits and changes. */
    public static final String SUBMITS = "submits";

    private static final int CLIENTS_KEPT = 10_000;

    private final LoadingCache<String, Bucket> buckets;
    private final int perSecond;
    private final String sentence;

    /**
     * Makes one.
     *
     * @param perSecond for one client; twice as many may come at once
     * @param sentence what a client is told that does more, with {@code %d} for {@code perSecond}
     */
    public ClientRateLimiter(int perSecond, String sentence) {
        this.perSecond = perSecond;
        this.sentence = sentence;
        this.buckets = Caffeine.newBuilder()
                .maximumSize(CLIENTS_KEPT)
                .expireAfterAccess(Duration.ofMinutes(1))
                .build(client -> Bucket.builder()
                        .addLimit(
                                limit -> limit.capacity(2L * perSecond).refillGreedy(perSecond, Duration.ofSeconds(1)))
                        .build());
    }

    /** As {@link #admit(String, int)}, for one. */
    public void admit(HttpServerRequest request) {
        admit(ClientAddress.of(request), 1);
    }

    /**
     * Counts {@code count} that make work.
     *
     * @param client of {@link ClientAddress}
     * @throws ProblemException 429 if it has come too often
     */
    public void admit(String client, int count) {
        ConsumptionProbe probe = buckets.get(client).tryConsumeAndReturnRemaining(Math.min(count, 2L * perSecond));
        if (!probe.isConsumed()) {
            throw new ProblemException(
                    ProblemType.TOO_MANY_REQUESTS,
                    sentence.formatted(perSecond),
                    Duration.ofNanos(probe.getNanosToWaitForRefill()));
        }
    }

    /** Counts one, and returns whether it may go on. */
    boolean tryAdmit(String client) {
        return buckets.get(client).tryConsume(1);
    }

    long clientsKept() {
        buckets.cleanUp();
        return buckets.estimatedSize();
    }
}
