package dev.trainyard.gateway.models;

import dev.trainyard.message.WireJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** JSON columns of the registry's tables. */
final class ModelJson {
    private ModelJson() {}

    static String text(Object value) {
        return new String(WireJson.write(value), StandardCharsets.UTF_8);
    }

    static <T> T parse(String text, Class<T> type) {
        try {
            return WireJson.mapper().readValue(text, type);
        } catch (IOException e) {
            throw new UncheckedIOException("a stored " + type.getSimpleName() + " cannot be read", e);
        }
    }
}
