package dev.trainyard.gateway.training;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.gateway.problem.ProblemType;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.HexFormat;

/** Holds each client to a rate of submits and changes, so that one in a loop does not crowd out the others. */
public final class Overload {
    private static final int CLIENTS_KEPT = 10_000;

    private final LoadingCache<String, Bucket> buckets;
    private final int perSecond;

    /** @param perSecond submits of one client; twice as many may come at once */
    public Overload(int perSecond) {
        this.perSecond = perSecond;
        this.buckets = Caffeine.newBuilder()
                .maximumSize(CLIENTS_KEPT)
                .expireAfterAccess(Duration.ofMinutes(1))
                .build(client -> Bucket.builder()
                        .addLimit(
                                limit -> limit.capacity(2L * perSecond).refillGreedy(perSecond, Duration.ofSeconds(1)))
                        .build());
    }

    /**
     * Counts one request that makes work.
     *
     * @param address the client's network address
     * @throws ProblemException 429 if it has come too often
     */
    void admit(String address) {
        ConsumptionProbe probe = buckets.get(client(address)).tryConsumeAndReturnRemaining(1);
        if (!probe.isConsumed()) {
            throw new ProblemException(
                    ProblemType.TOO_MANY_REQUESTS,
                    "This client submits or changes more than %d jobs a second; slow down.".formatted(perSecond),
                    Duration.ofNanos(probe.getNanosToWaitForRefill()));
        }
    }

    /** Whoever has one IPv6 address has the 2^64 of its network. */
    private static String client(String address) {
        try {
            byte[] bytes = InetAddress.getByName(address).getAddress(); // a literal: no name is looked up
            return bytes.length == 16 ? HexFormat.of().formatHex(bytes, 0, 8) : address;
        } catch (UnknownHostException e) {
            return address;
        }
    }

    long clientsKept() {
        buckets.cleanUp();
        return buckets.estimatedSize();
    }
}
