package dev.trainyard.gateway.http;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Parses {@code wait} of a {@code Prefer} header (RFC 7240); invalid values are ignored. */
public final class WaitPreference {
    private static final Pattern WAIT = Pattern.compile("(?:^|[,;\\s])wait\\s*=\\s*\"?([0-9]{1,9})\"?(?=$|[,;\\s])");

    private WaitPreference() {}

    public static Optional<Duration> parse(String header, Duration limit) {
        if (header == null) {
            return Optional.empty();
        }
        Matcher wait = WAIT.matcher(header.toLowerCase(Locale.ROOT));
        if (!wait.find()) {
            return Optional.empty();
        }
        Duration requested = Duration.ofSeconds(Long.parseLong(wait.group(1)));
        return requested.isZero() ? Optional.empty() : Optional.of(requested.compareTo(limit) < 0 ? requested : limit);
    }
}
