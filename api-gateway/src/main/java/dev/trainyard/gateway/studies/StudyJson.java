package dev.trainyard.gateway.studies;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.message.WireJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** JSON of the tables of studies. */
final class StudyJson {
    private static final TypeReference<TreeMap<String, JsonNode>> VALUES = new TypeReference<>() {};

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

    /** JSON has no NaN, so that null stands for it. */
    static Map<Integer, @Nullable Double> curve(SortedMap<Integer, Double> curve) {
        Map<Integer, @Nullable Double> written = new TreeMap<>();
        curve.forEach((epoch, value) -> written.put(epoch, number(value)));
        return written;
    }

    static @Nullable Double number(@Nullable Double value) {
        return value == null || value.isNaN() || value.isInfinite() ? null : value;
    }

    static SortedMap<Integer, Double> curve(String json) {
        SortedMap<Integer, Double> curve = new TreeMap<>();
        tree(json).fields()
                .forEachRemaining(point -> curve.put(
                        Integer.valueOf(point.getKey()),
                        point.getValue().isNull()
                                ? (Double) Double.NaN
                                : (Double) point.getValue().doubleValue()));
        return curve;
    }

    private static UncheckedIOException unreadable(IOException e) {
        return new UncheckedIOException("a stored study cannot be read", e);
    }
}
