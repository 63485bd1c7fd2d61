package dev.trainyard.message;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;

/** JSON as it travels: snake_case, ISO-8601 instants, absent rather than null, unknown fields of newer senders ignored. */
public final class WireJson {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .serializationInclusion(JsonInclude.Include.NON_NULL)
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    private WireJson() {}

    public static JsonMapper mapper() {
        return MAPPER;
    }

    public static byte[] write(Object message) {
        try {
            return MAPPER.writeValueAsBytes(message);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("cannot be written as JSON: " + message.getClass(), e);
        }
    }

    /**
     * Reads a record of {@code type}.
     *
     * @throws MalformedMessageException if the bytes are not such a record, or of a version this code does not know
     */
    public static <T extends Versioned> T read(byte[] json, Class<T> type) throws MalformedMessageException {
        if (json == null) {
            throw new MalformedMessageException("empty record where a " + type.getSimpleName() + " was expected");
        }
        try {
            T message = MAPPER.readValue(json, type);
            if (message != null && message.v() == Versioned.CURRENT) {
                return message;
            }
        } catch (JsonProcessingException e) {
            throw new MalformedMessageException(whyNot(json, type, ParserMessages.plain(e)), e);
        } catch (IOException e) {
            throw new MalformedMessageException(whyNot(json, type, e.getMessage()), e);
        }
        throw new MalformedMessageException(whyNot(json, type, "it is null"));
    }

    /** Another version explains most: its fields may have other names. */
    private static String whyNot(byte[] json, Class<?> type, String otherwise) {
        String version = "none";
        try {
            JsonNode tree = MAPPER.readTree(json);
            if (tree.path("v").asInt(-1) == Versioned.CURRENT) {
                return "not a %s: %s".formatted(type.getSimpleName(), otherwise);
            }
            version = tree.path("v").asText("none");
        } catch (IOException e) {
            return "not a %s: %s".formatted(type.getSimpleName(), otherwise);
        }
        return "%s of version %s; this service reads version %d"
                .formatted(type.getSimpleName(), version, Versioned.CURRENT);
    }
}
