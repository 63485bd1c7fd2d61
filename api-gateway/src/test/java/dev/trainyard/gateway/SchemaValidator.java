package dev.trainyard.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;

/** Validates a response against its OpenAPI schema, as a generated client would. */
final class SchemaValidator {
    private final JsonNode api;
    private final List<String> wrong = new ArrayList<>();

    private SchemaValidator(JsonNode api) {
        this.api = api;
    }

    /** Returns the violations; empty if the response matches. */
    static List<String> wrong(JsonNode api, JsonNode schema, JsonNode value) {
        SchemaValidator check = new SchemaValidator(api);
        check.check("", schema, value);
        return check.wrong;
    }

    private void check(String at, JsonNode schema, JsonNode value) {
        if (schema.has("$ref")) {
            check(at, resolve(schema.path("$ref").asText()), value);
        } else if (schema.has("oneOf") || schema.has("anyOf")) {
            JsonNode choices = schema.has("oneOf") ? schema.path("oneOf") : schema.path("anyOf");
            if (StreamSupport.stream(choices.spliterator(), false)
                    .noneMatch(choice -> wrong(api, choice, value).isEmpty())) {
                wrong.add(at + " fits none of its forms: " + value);
            }
        } else {
            requireType(at, schema, value);
            schema.path("allOf").forEach(part -> check(at, part, value));
            if (value.isObject()) {
                schema.path("required").forEach(name -> {
                    if (!value.has(name.asText())) {
                        wrong.add(at + "/" + name.asText() + " is missing");
                    }
                });
            }
            if (value.isObject() && schema.has("properties")) {
                value.fields().forEachRemaining(field -> {
                    JsonNode known = schema.path("properties").path(field.getKey());
                    if (known.isMissingNode()) {
                        wrong.add(at + "/" + field.getKey() + " is not described");
                    } else {
                        check(at + "/" + field.getKey(), known, field.getValue());
                    }
                });
            }
            if (value.isArray() && schema.has("items")) {
                for (int i = 0; i < value.size(); i++) {
                    check(at + "/" + i, schema.path("items"), value.get(i));
                }
            }
        }
    }

    private void requireType(String at, JsonNode schema, JsonNode value) {
        JsonNode types = schema.path("type");
        boolean fits = types.isMissingNode()
                || (types.isArray()
                        ? StreamSupport.stream(types.spliterator(), false).anyMatch(type -> isOf(type.asText(), value))
                        : isOf(types.asText(), value));
        if (!fits) {
            wrong.add("%s is no %s: %s".formatted(at, types, value));
        }
        if (schema.has("enum") && !value.isNull()) {
            boolean named = StreamSupport.stream(schema.path("enum").spliterator(), false)
                    .anyMatch(value::equals);
            if (!named) {
                wrong.add("%s is none of %s: %s".formatted(at, schema.path("enum"), value));
            }
        }
    }

    private static boolean isOf(String type, JsonNode value) {
        return switch (type) {
            case "object" -> value.isObject();
            case "array" -> value.isArray();
            case "string" -> value.isTextual();
            case "integer" -> value.isIntegralNumber();
            case "number" -> value.isNumber();
            case "boolean" -> value.isBoolean();
            case "null" -> value.isNull();
            default -> false;
        };
    }

    private JsonNode resolve(String reference) {
        JsonNode target = api.at(reference.substring(1));
        if (target.isMissingNode()) {
            wrong.add(reference + " leads nowhere");
        }
        return target;
    }
}
