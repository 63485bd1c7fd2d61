package dev.trainyard.gateway.http;

import dev.trainyard.validation.Violation;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Parses times in query parameters. */
public final class Moments {
    private Moments() {}

    /**
     * Returns null if {@code text} is null or invalid.
     *
     * @param name of the parameter
     * @param errors receives a violation if {@code text} is invalid
     */
    public static @Nullable Instant read(String name, @Nullable String text, List<Violation> errors) {
        if (text == null) {
            return null;
        }
        try {
            if (text.matches("[0-9]{4}-.*")) { // PostgreSQL does not support all years of Java
                return OffsetDateTime.parse(text).toInstant();
            }
        } catch (DateTimeParseException e) {
            // reported below
        }
        errors.add(
                new Violation(name, "must be a time such as 2026-01-31T08:00:00Z; the + of an offset is written %2B"));
        return null;
    }
}
