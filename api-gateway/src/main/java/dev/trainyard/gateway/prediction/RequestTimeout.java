package dev.trainyard.gateway.prediction;

import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.validation.Violation;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;

/**
 * How long a client waits, as it says itself. {@code Request-Timeout} is in seconds, as Google's clients write theirs
 * ({@code X-Server-Timeout}); {@code X-Envoy-Expected-Rq-Timeout-Ms} is what an Envoy on the way leaves of its own
 * limit. It can only shorten what the gateway allows.
 */
public final class RequestTimeout {
    static final String HEADER = "Request-Timeout";
    static final String ENVOY_HEADER = "X-Envoy-Expected-Rq-Timeout-Ms";
    private static final BigDecimal LEAST_SECONDS = new BigDecimal("0.001");
    private static final BigDecimal MOST_SECONDS = new BigDecimal("86400");

    private RequestTimeout() {}

    /**
     * The shortest of both headers and {@code limit}; null headers say nothing.
     *
     * @throws ProblemException 422 that names a header that is no such time
     */
    static Duration shortest(String seconds, String envoyMillis, Duration limit) {
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
            if (seconds.compareTo(LEAST_SECONDS) >= 0 && seconds.compareTo(MOST_SECONDS) <= 0) {
                return Duration.ofMillis(seconds.movePointRight(3).longValue());
            }
        }
        throw invalid(HEADER, "must be seconds from 0.001 to 86400, such as 0.5");
    }

    /** Zero means that this Envoy has no limit. */
    private static Duration envoy(String text) {
        if (text.matches("[0-9]{1,9}")) {
            return Duration.ofMillis(Long.parseLong(text));
        }
        throw invalid(ENVOY_HEADER, "must be whole milliseconds, such as 500");
    }

    private static Duration least(Duration one, Duration other) {
        return one.compareTo(other) <= 0 ? one : other;
    }

    private static ProblemException invalid(String header, String remedy) {
        return ProblemException.invalid(List.of(new Violation(header, remedy)));
    }
}
