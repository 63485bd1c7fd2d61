package dev.trainyard.gateway.predictions;

import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.validation.Violation;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Timeout from the request's headers. {@code Request-Timeout} is in seconds, like {@code X-Server-Timeout} of Google's
 * clients; {@code X-Envoy-Expected-Rq-Timeout-Ms} is the rest of the timeout of an Envoy proxy. Both can only shorten
 * the gateway's own timeout.
 */
public final class RequestTimeout {
    static final String HEADER = "Request-Timeout";
    static final String ENVOY_HEADER = "X-Envoy-Expected-Rq-Timeout-Ms";
    private static final BigDecimal MIN_SECONDS = new BigDecimal("0.001");
    private static final BigDecimal MAX_SECONDS = new BigDecimal("86400");

    private RequestTimeout() {}

    /**
     * Returns the shortest of both headers and {@code limit}; absent headers are null.
     *
     * @throws ProblemException 422 that names the invalid header
     */
    static Duration shortest(@Nullable String seconds, @Nullable String envoyMillis, Duration limit) {
        Duration shortest = limit;
        if (seconds != null) {
            shortest = least(shortest, seconds(seconds.strip()));
        }
        if (envoyMillis != null) {
            Duration left = envoy(envoyMillis.strip());
            shortest = left.isZero() ? shortest : least(shortest, left);
        }
        return shortest;
    }

    private static Duration seconds(String text) {
        if (text.matches("[0-9]{1,9}(\\.[0-9]{1,9})?")) {
            BigDecimal seconds = new BigDecimal(text);
            if (seconds.compareTo(MIN_SECONDS) >= 0 && seconds.compareTo(MAX_SECONDS) <= 0) {
                return Duration.ofMillis(seconds.movePointRight(3).longValue());
            }
        }
        throw invalid(HEADER, "must be seconds from 0.001 to 86400, such as 0.5");
    }

    /** Zero means that Envoy has no timeout. */
    private static Duration envoy(String text) {
        if (text.matches("[0-9]{1,9}")) {
            return Duration.ofMillis(Long.parseLong(text));
        }
        throw invalid(ENVOY_HEADER, "must be whole milliseconds, such as 500");
    }

    private static Duration least(Duration a, Duration b) {
        return a.compareTo(b) <= 0 ? a : b;
    }

    private static ProblemException invalid(String header, String detail) {
        return ProblemException.invalid(List.of(new Violation(header, detail)));
    }
}
