package dev.trainyard.gateway.jobs;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.Optional;

/** Position in a paginated list; its text form is opaque to clients. */
public record Cursor(long number) {

    public String text() {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(ByteBuffer.allocate(Long.BYTES).putLong(number).array());
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
