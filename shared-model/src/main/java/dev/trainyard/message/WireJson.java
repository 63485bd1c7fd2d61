package dev.trainyard.message;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.InvalidTypeIdException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.util.function.ToIntFunction;

/**
 * JSON format of messages: snake_case, ISO-8601 instants, absent instead of null. Unknown fields are ignored, and
 * unknown enum values replaced by the enum's default if it has one.
 */
public final class WireJson {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .serializationInclusion(JsonInclude.Include.NON_NULL)
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.READ_UNKNOWN_ENUM_VALUES_USING_DEFAULT_VALUE)
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
     * Reads a record of {@code type}, of this version or the next.
     *
     * @throws MalformedMessageException if the bytes are not a record of that type
     * @throws NewerVersionException if only a later release can read it
     */
    public static <T extends Versioned> T read(byte[] json, Class<T> type) throws MalformedMessageException {
        return read(json, type, Versioned::v);
    }

    /** Like {@link #read(byte[], Class)}, for a file with a version field. */
    public static <T> T read(byte[] json, Class<T> type, ToIntFunction<? super T> version)
            throws MalformedMessageException {
        if (json == null) {
            throw new MalformedMessageException("empty record where a " + type.getSimpleName() + " was expected");
        }
        try {
            T message = MAPPER.readValue(json, type);
            if (message == null) {
                throw new MalformedMessageException("not a %s: it is null".formatted(type.getSimpleName()));
            }
            requireKnown(version.applyAsInt(message), type);
            return message;
        } catch (IOException e) {
            // fields of later versions may have other names and types, so the version is read first
            JsonNode said = version(json);
            requireKnown(said, type);
            if (said.asLong() > Versioned.CURRENT && isUnknownValue(e)) {
                throw new NewerVersionException("%s of version %s has a value that this release does not know: %s"
                        .formatted(type.getSimpleName(), said, plain(e)));
            }
            throw new MalformedMessageException("not a %s: %s".formatted(type.getSimpleName(), plain(e)), e);
        }
    }

    private static void requireKnown(long version, Class<?> type) throws MalformedMessageException {
        if (version > Versioned.NEWEST_READ) {
            throw NewerVersionException.of(type.getSimpleName(), version);
        }
        if (version < 1) {
            throw new MalformedMessageException(
                    "%s of version %d; versions count from 1".formatted(type.getSimpleName(), version));
        }
    }

    /** Values other than numbers are never versions. */
    private static void requireKnown(JsonNode version, Class<?> type) throws MalformedMessageException {
        if (version.isIntegralNumber() && version.canConvertToLong()) {
            requireKnown(version.asLong(), type);
        } else if (!version.isMissingNode()) {
            throw new MalformedMessageException("%s of version %s, which is not a version number"
                    .formatted(type.getSimpleName(), version.asText()));
        }
    }

    private static JsonNode version(byte[] json) {
        try {
            return MAPPER.readTree(json).path("v");
        } catch (IOException e) {
            return MissingNode.getInstance();
        }
    }

    /** Returns true if the error is an unknown value of a closed set, such as an enum constant. */
    private static boolean isUnknownValue(IOException e) {
        return e instanceof InvalidTypeIdException type && type.getTypeId() != null
                || e instanceof InvalidFormatException format
                        && format.getTargetType() != null
                        && format.getTargetType().isEnum();
    }

    /** Message of the parser without class names. */
    private static String plain(IOException e) {
        return e instanceof JsonProcessingException json
                ? JsonErrorMessages.plain(json)
                : String.valueOf(e.getMessage());
    }
}
