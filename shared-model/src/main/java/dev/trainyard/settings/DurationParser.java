package dev.trainyard.settings;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Parses durations on the command line: {@code 90}, {@code 90s}, {@code 10m} or {@code 2h}. */
public final class DurationParser {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,9})([smh]?)");
    private static final Map<String, Integer> SECONDS = Map.of("", 1, "s", 1, "m", 60, "h", 3600);

    private DurationParser() {}

    /** @throws IllegalArgumentException if {@code text} is not a duration; the message gives the format */
    public static Duration parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new IllegalArgumentException(
                    "\"%s\" is not a duration; use seconds, or 90s, 10m, 2h".formatted(text));
        }
        return Duration.ofSeconds(Long.parseLong(form.group(1)) * Objects.requireNonNull(SECONDS.get(form.group(2))));
    }
}
