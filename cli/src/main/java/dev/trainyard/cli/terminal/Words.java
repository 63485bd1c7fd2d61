package dev.trainyard.cli.terminal;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/** Figures as a person reads them; a dash for what is not known. */
public final class Words {
    public static final String NONE = "-";

    private Words() {}

    /** Printf that is the same in every country. */
    public static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    /** @param share 0 to 1 */
    public static String percent(JsonNode share) {
        return share.isNumber() ? text("%.2f %%", 100 * share.asDouble()) : NONE;
    }

    public static String orNone(JsonNode value) {
        return value.isMissingNode() || value.isNull() ? NONE : value.asText();
    }

    /** How long ago the ISO-8601 instant was, in its largest unit. */
    public static String age(JsonNode instant) {
        if (!instant.isTextual()) {
            return NONE;
        }
        Duration age = Duration.between(Instant.parse(instant.asText()), Instant.now());
        return age.isNegative() ? "0 s" : duration(age);
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
