package dev.trainyard.gateway.studies;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.trainyard.message.WireJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** JSON of the tables of studies. */
final class StudyJson {
    private static final ObjectReader VALUES =
            WireJson.mapper().readerFor(new TypeReference<TreeMap<String, JsonNode>>() {});
    private static final ObjectReader CURVE =
            WireJson.mapper().readerFor(new TypeReference<TreeMap<Integer, Double>>() {});

    private StudyJson() {}

    static String write(Object value) {
        return new String(WireJson.write(value), StandardCharsets.UTF_8);
    }

    static JsonNode tree(String json) {
        try {
            return WireJson.mapper().readTree(json);
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    static <T> T read(String json, Class<T> type) {
        try {
            return WireJson.mapper().readValue(json, type);
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    static <T> T read(String json, TypeReference<T> type) {
        try {
            return WireJson.mapper().readValue(json, type);
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    static SortedMap<String, JsonNode> values(String json) {
        return read(json, VALUES);
    }

    private static <T> T read(String json, ObjectReader reader) {
        try {
            return reader.readValue(json);
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    /** JSON has no NaN, so that null stands for it. */
    static ObjectNode curve(SortedMap<Integer, Double> curve) {
        ObjectNode written = JsonNodeFactory.instance.objectNode();
        curve.forEach((epoch, value) -> written.put(String.valueOf(epoch), number(value)));
        return written;
    }

    static @Nullable Double number(@Nullable Double value) {
        return value == null || value.isNaN() || value.isInfinite() ? null : value;
    }

    static SortedMap<Integer, Double> curve(JsonNode json) {
        SortedMap<Integer, Double> curve = new TreeMap<>();
        json.fields()
                .forEachRemaining(point -> curve.put(
                        Integer.valueOf(point.getKey()),
                        point.getValue().isNull()
                                ? (Double) Double.NaN
                                : (Double) point.getValue().doubleValue()));
        return curve;
    }

    /** Reads what {@link #curve(SortedMap)} wrote. */
    static SortedMap<Integer, Double> curve(String json) {
        SortedMap<Integer, Double> curve = read(json, CURVE);
        curve.replaceAll((epoch, value) -> value == null ? (Double) Double.NaN : value);
        return curve;
    }

    private static UncheckedIOException unreadable(IOException e) {
        return new UncheckedIOException("a stored study cannot be read", e);
    }
}
