package dev.trainyard.search;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Comparator;

/** Comparison of JSON values by what they mean: a database may return 1.0e10 as 10000000000. */
final class JsonValues {
    private static final Comparator<JsonNode> BY_MEANING = (a, b) ->
            a.equals(b) || (a.isNumber() && b.isNumber() && a.decimalValue().compareTo(b.decimalValue()) == 0) ? 0 : 1;

    private JsonValues() {}

    /** Returns {@code name} as a part of a JSON pointer. */
    static String escaped(String name) {
        return name.replace("~", "~0").replace("/", "~1");
    }

    static boolean same(JsonNode a, JsonNode b) {
        return a.equals(BY_MEANING, b);
    }
}
