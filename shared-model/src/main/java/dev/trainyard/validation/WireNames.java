package dev.trainyard.validation;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.LinkedHashMap;
import java.util.Map;

/** Names of enum constants in JSON, from their {@link JsonProperty}. */
final class WireNames {
    private WireNames() {}

    /** Returns the constants of {@code type} by their names, in order. */
    static <E extends Enum<E>> Map<String, E> of(Class<E> type) {
        Map<String, E> byName = new LinkedHashMap<>();
        for (E constant : type.getEnumConstants()) {
            byName.put(of(constant), constant);
        }
        return byName;
    }

    static String of(Enum<?> constant) {
        try {
            return constant.getDeclaringClass()
                    .getField(constant.name())
                    .getAnnotation(JsonProperty.class)
                    .value();
        } catch (NoSuchFieldException e) {
            throw new IllegalStateException("an enum has a field for each of its constants", e);
        }
    }
}
