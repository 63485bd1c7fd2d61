package dev.trainyard.validation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Strict reader for a JSON object that collects all violations, so that the client sees every mistake at once. After a
 * bad value it continues with the default.
 */
public final class JsonFieldReader {
    /** Length limit for unknown field names quoted to the client. */
    private static final int MAX_NAME = 64;
    /** Limit for unknown fields that are explained individually. */
    private static final int MAX_EXPLAINED = 50;

    private final JsonNode object;
    private final String pointer;
    private final List<Violation> violations;
    private final Set<String> read = new TreeSet<>();

    private JsonFieldReader(JsonNode object, String pointer, List<Violation> violations) {
        this.object = object;
        this.pointer = pointer;
        this.violations = violations;
    }

    /** Returns a reader for {@code node}; reports a violation if it is not an object. */
    public static JsonFieldReader of(JsonNode node, String pointer, List<Violation> violations) {
        if (!node.isMissingNode() && !node.isObject()) {
            violations.add(new Violation(pointer, "must be an object, not " + describe(node)));
            return new JsonFieldReader(MissingNode.getInstance(), pointer, violations);
        }
        return new JsonFieldReader(node, pointer, violations);
    }

    public boolean has(String name) {
        return object.has(name);
    }

    /** Returns a reader for a nested object; an absent one has no fields. */
    public JsonFieldReader object(String name) {
        return of(node(name), pointerTo(name), violations);
    }

    /** Reads one of {@code known}. Required if {@code fallback} is null; then a bad value is returned as null. */
    public @Nullable String choice(String name, List<String> known, @Nullable String fallback) {
        JsonNode node = node(name);
        if (node.isMissingNode()) {
            if (fallback == null) {
                reject(name, "is required; write one of %s".formatted(list(known)));
            }
            return fallback;
        }
        if (!node.isTextual()) {
            reject(name, "must be one of %s, not %s".formatted(list(known), describe(node)));
            return fallback;
        }
        if (!known.contains(node.textValue())) {
            reject(
                    name,
                    "must be one of %s, not %s%s"
                            .formatted(list(known), describe(node), SpellingSuggestion.hint(node.textValue(), known)));
            return fallback;
        }
        return node.textValue();
    }

    /** Reads an enum constant by its wire name. */
    public <E extends Enum<E>> E oneOf(String name, Class<E> type, E fallback) {
        Map<String, E> byName = WireNames.of(type);
        return byName.getOrDefault(choice(name, List.copyOf(byName.keySet()), WireNames.of(fallback)), fallback);
    }

    @Nullable
    Integer integer(FieldSpec<Integer> field, @Nullable Integer fallback) {
        return number(field, fallback, "a whole number", node -> {
            if (node.isIntegralNumber() && node.canConvertToInt()) {
                return node.intValue();
            }
            return null;
        });
    }

    @Nullable
    Long bigInteger(FieldSpec<Long> field, @Nullable Long fallback) {
        return number(field, fallback, "a whole number", node -> {
            if (node.isIntegralNumber() && node.canConvertToLong()) {
                return node.longValue();
            }
            return null;
        });
    }

    @Nullable
    Double decimal(FieldSpec<Double> field, @Nullable Double fallback) {
        return number(field, fallback, "a number", node -> {
            if (node.isNumber() && Double.isFinite(node.doubleValue())) {
                return node.doubleValue();
            }
            return null;
        });
    }

    /** @param reader returns null if the node is not of this type */
    private <N extends Number> @Nullable N number(
            FieldSpec<N> field, @Nullable N fallback, String type, Function<JsonNode, @Nullable N> reader) {
        JsonNode node = node(field.name());
        String expected = (type + " " + field.range().text()).strip();
        if (node.isMissingNode()) {
            if (fallback == null) {
                reject(field.name(), "is required; write " + expected);
            }
            return fallback;
        }
        N value = reader.apply(node);
        if (value == null || !field.range().contains(value)) {
            reject(field.name(), "must be %s, not %s".formatted(expected, describe(node)));
            return fallback;
        }
        return value;
    }

    public boolean bool(String name, boolean fallback) {
        JsonNode node = node(name);
        if (node.isMissingNode()) {
            return fallback;
        }
        if (!node.isBoolean()) {
            reject(name, "must be true or false, not " + describe(node));
            return fallback;
        }
        return node.booleanValue();
    }

    /** Reads a list; empty if it is invalid. */
    List<Integer> integers(FieldSpec<List<Integer>> field) {
        String name = field.name();
        JsonNode node = node(name);
        if (!node.isArray() || node.isEmpty() || node.size() > field.mostItems()) {
            reject(
                    name,
                    "must be a list of 1 to %d whole numbers, not %s"
                            .formatted(
                                    field.mostItems(),
                                    node.isArray() ? "a list of %d".formatted(node.size()) : describe(node)));
            return List.of();
        }
        List<Integer> values = new ArrayList<>();
        for (int i = 0; i < node.size(); i++) {
            JsonNode item = node.get(i);
            if (!item.isIntegralNumber()
                    || !item.canConvertToInt()
                    || !field.range().contains(item.intValue())) {
                reject(
                        name + "/" + i,
                        "must be a whole number %s, not %s"
                                .formatted(field.range().text(), describe(item)));
                continue;
            }
            values.add(item.intValue());
        }
        return values;
    }

    /** Returns the raw field and marks it as read; a missing node if it is absent. */
    public JsonNode node(String name) {
        read.add(name);
        return object.path(name);
    }

    /** Reports a violation of a field; {@code name} may continue with {@code /index}. */
    public void reject(String name, String detail) {
        read.add(name);
        violations.add(new Violation(pointer + "/" + name, detail));
    }

    /** Names of the fields that were neither read nor rejected. */
    public List<String> unread() {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(name -> {
            if (!read.contains(name)) {
                names.add(name);
            }
        });
        return names;
    }

    /** Reports all unread fields, such as typos. */
    public void rejectUnread() {
        String accepted = read.isEmpty() ? "no field is accepted here" : "accepted are " + list(read);
        int explained = 0;
        for (String name : unread()) {
            explained++;
            String hint = name.length() > MAX_NAME ? "" : SpellingSuggestion.hint(name, read);
            violations.add(new Violation(
                    pointerTo(shortened(name)),
                    explained > MAX_EXPLAINED
                            ? "is not known here"
                            : "is not known here; %s%s".formatted(accepted, hint)));
        }
    }

    private static String shortened(String name) {
        return name.length() <= MAX_NAME ? name : name.substring(0, MAX_NAME) + "…";
    }

    private String pointerTo(String name) {
        return pointer + "/" + name.replace("~", "~0").replace("/", "~1");
    }

    static String describe(JsonNode node) {
        if (node.isMissingNode()) {
            return "nothing";
        }
        String text = node.toString();
        return text.length() <= 60 ? text : text.substring(0, 57) + "...";
    }

    private static String list(Iterable<String> names) {
        return String.join(", ", names);
    }
}
