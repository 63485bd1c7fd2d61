package dev.trainyard.gateway.runtime;

import dev.trainyard.validation.Violation;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Position in a paginated list; its text form is opaque to clients. */
public record Cursor(long number) {

    public String text() {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(ByteBuffer.allocate(Long.BYTES).putLong(number).array());
    }

    /** Reads the query parameter {@code cursor}; null if it is absent, or invalid, which is added to {@code errors}. */
    public static @Nullable Cursor read(@Nullable String parameter, List<Violation> errors) {
        Optional<Cursor> read = Optional.ofNullable(parameter).flatMap(Cursor::parse);
        if (parameter != null && read.isEmpty()) {
            errors.add(new Violation("?cursor", "must be a next_cursor of an earlier response"));
        }
        return read.orElse(null);
    }

    /** Returns empty if {@code text} is not a valid cursor. */
    public static Optional<Cursor> parse(String text) {
        try {
            byte[] bytes = Base64.getUrlDecoder().decode(text);
            return bytes.length == Long.BYTES
                    ? Optional.of(new Cursor(ByteBuffer.wrap(bytes).getLong()))
                    : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
