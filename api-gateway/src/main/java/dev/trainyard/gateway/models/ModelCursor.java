package dev.trainyard.gateway.models;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/** Position in a list of versions; opaque to clients. */
public record ModelCursor(String name, int version) {

    public String text() {
        byte[] text = ModelName.plain(name).getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES + text.length);
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(bytes.putInt(version).put(text).array());
    }

    /** Empty if {@code text} is not a valid cursor; otherwise a position in the list of {@code project}. */
    public static Optional<ModelCursor> parse(String project, String text) {
        try {
            ByteBuffer bytes = ByteBuffer.wrap(Base64.getUrlDecoder().decode(text));
            if (bytes.remaining() <= Integer.BYTES) {
                return Optional.empty();
            }
            int version = bytes.getInt();
            String name = StandardCharsets.UTF_8.decode(bytes).toString();
            return ModelNames.isStorable(name)
                    ? Optional.of(new ModelCursor(ModelName.stored(project, name), version))
                    : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
