package dev.trainyard.gateway.training;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.Optional;

/** Where a list goes on; opaque to clients. */
public record Cursor(long number) {

    public String text() {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(ByteBuffer.allocate(Long.BYTES).putLong(number).array());
    }

    /** Empty if {@code text} is no cursor that this service gave out. */
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
