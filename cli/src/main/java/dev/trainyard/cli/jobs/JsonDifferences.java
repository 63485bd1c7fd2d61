package dev.trainyard.cli.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Finds the fields whose values differ between JSON objects. */
final class JsonDifferences {
    private JsonDifferences() {}

    /** Maps the path of each differing field to its value in each object; missing nodes where an object lacks it. */
    static Map<String, List<JsonNode>> of(List<JsonNode> objects) {
        List<Map<String, JsonNode>> flat =
                objects.stream().map(JsonDifferences::flat).toList();
        Map<String, List<JsonNode>> differing = new LinkedHashMap<>();
        for (Map<String, JsonNode> fields : flat) {
            for (String path : fields.keySet()) {
                List<JsonNode> values = new ArrayList<>();
                flat.forEach(other -> values.add(other.getOrDefault(path, MissingNode.getInstance())));
                if (new HashSet<>(values).size() > 1) {
                    differing.putIfAbsent(path, values);
                }
            }
        }
        return differing;
    }

    private static Map<String, JsonNode> flat(JsonNode object) {
        Map<String, JsonNode> fields = new LinkedHashMap<>();
        flatten("", object, fields);
        return fields;
    }

    private static void flatten(String path, JsonNode node, Map<String, JsonNode> into) {
        if (node.isObject()) {
            node.properties()
                    .forEach(field -> flatten(
                            path.isEmpty() ? field.getKey() : path + "." + field.getKey(), field.getValue(), into));
        } else {
            into.put(path, node);
        }
    }
}
