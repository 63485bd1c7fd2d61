package dev.trainyard.job;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.validation.JsonFieldReader;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Reads a list of job keys of a request. */
public final class JobKeyList {
    private static final String KEY = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}";

    private JobKeyList() {}

    /**
     * Rejects a list that is shorter than {@code least} or longer than {@code most}, and items that are no keys or repeat another one. The result is only
     * valid if nothing was rejected.
     */
    public static List<UUID> read(JsonFieldReader fields, String name, int least, int most) {
        JsonNode list = fields.node(name);
        if (!list.isArray() || list.size() < least || list.size() > most) {
            String now = list.isArray() ? "%,d".formatted(list.size()) : "something else";
            fields.reject(name, "must be a list of %d to %,d keys, not %s".formatted(least, most, now));
            return List.of();
        }
        Map<UUID, Integer> places = new LinkedHashMap<>();
        for (int i = 0; i < list.size(); i++) {
            JsonNode item = list.get(i);
            if (!item.isTextual() || !item.textValue().matches(KEY)) {
                fields.reject(name + "/" + i, "must be the whole key of a job; GET /api/v1/train lists them");
                continue;
            }
            Integer before = places.putIfAbsent(UUID.fromString(item.textValue()), i);
            if (before != null) {
                fields.reject(name + "/" + i, "is the same key as item %d; name each job once".formatted(before));
            }
        }
        return List.copyOf(places.keySet());
    }
}
