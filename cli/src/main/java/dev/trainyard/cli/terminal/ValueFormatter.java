package dev.trainyard.cli.terminal;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Locale;

/** Formats values for people; a dash stands for an unknown value. */
public final class ValueFormatter {
    public static final String NONE = "-";

    private ValueFormatter() {}

    /**
     * Formats with a decimal point in every country. {@link Locale#US} is built into the JVM, so that no locale data is
     * loaded.
     */
    public static String text(String format, Object... values) {
        return String.format(Locale.US, format, values);
    }

    /** @param share from 0 to 1 */
    public static String percent(JsonNode share) {
        return share.isNumber() ? text("%.2f %%", 100 * share.asDouble()) : NONE;
    }

    public static String orNone(JsonNode value) {
        return value.isMissingNode() || value.isNull() ? NONE : value.asText();
    }

    /** Age of the ISO-8601 instant in its largest unit. */
    public static String age(JsonNode instant) {
        if (!instant.isTextual()) {
            return NONE;
        }
        Duration age = Duration.between(instant(instant.asText()), Instant.now());
        return age.isNegative() ? "0 s" : duration(age);
    }

    /**
     * Parses the gateway's format without {@link Instant#parse}, whose formatter classes are slow to load; other forms
     * are left to it.
     */
    static Instant instant(String text) {
        int end = text.length() - 1;
        if (end < 19 || text.charAt(4) != '-' || text.charAt(10) != 'T' || text.charAt(end) != 'Z') {
            return Instant.parse(text);
        }
        try {
            LocalDateTime time = LocalDateTime.of(
                    number(text, 0, 4),
                    number(text, 5, 7),
                    number(text, 8, 10),
                    number(text, 11, 13),
                    number(text, 14, 16),
                    number(text, 17, 19));
            return time.toInstant(ZoneOffset.UTC);
        } catch (NumberFormatException | DateTimeException e) {
            return Instant.parse(text);
        }
    }

    private static int number(String text, int begin, int end) {
        return Integer.parseInt(text, begin, end, 10);
    }

    public static String duration(Duration length) {
        long seconds = length.toSeconds();
        if (seconds < 120) {
            return seconds + " s";
        }
        if (seconds < 2 * 3600) {
            return seconds / 60 + " min";
        }
        return seconds < 48 * 3600 ? seconds / 3600 + " h" : seconds / 86_400 + " d";
    }
}
