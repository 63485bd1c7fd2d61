package dev.trainyard.gateway.description;

import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.models.Components;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.media.MediaType;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.media.Schema.SchemaType;
import org.eclipse.microprofile.openapi.models.responses.APIResponse;
import org.jspecify.annotations.Nullable;

/**
 * Combines the response schemas of an operation that returns either a result (200) or its location (202). A generated
 * client has one response type for an operation, that of the lowest status, and most cannot distinguish the choices of
 * a oneOf.
 */
final class CombinedResponseSchema {
    private static final String JSON = "application/json";
    private static final String DONE = "200";

    private final Map<String, Schema> schemas;
    private final Components components;

    CombinedResponseSchema(Components components) {
        this.components = components;
        this.schemas = components.getSchemas();
    }

    /** If {@code operation} has several response schemas, sets one with the fields of all of them for 200. */
    void describe(Operation operation) {
        Set<String> forms = new LinkedHashSet<>();
        operation.getResponses().getAPIResponses().forEach((code, answer) -> {
            MediaType json = json(answer);
            if (code.startsWith("2") && json != null) {
                collect(json.getSchema(), forms);
            }
        });
        MediaType done = json(operation.getResponses().getAPIResponse(DONE));
        if (forms.size() < 2 || done == null) {
            return;
        }
        String name = operation.getOperationId().substring(0, 1).toUpperCase(Locale.ROOT)
                + operation.getOperationId().substring(1) + "Answer";
        components.addSchema(name, all(forms));
        done.setSchema(OASFactory.createSchema().ref("#/components/schemas/" + name));
    }

    private static @Nullable MediaType json(@Nullable APIResponse answer) {
        return answer == null || answer.getContent() == null
                ? null
                : answer.getContent().getMediaType(JSON);
    }

    private static void collect(@Nullable Schema schema, Set<String> forms) {
        if (schema != null && schema.getRef() != null) {
            forms.add(name(schema));
        } else if (schema != null && schema.getOneOf() != null) {
            schema.getOneOf().forEach(choice -> collect(choice, forms));
        }
    }

    private Schema all(Set<String> forms) {
        Schema all = OASFactory.createSchema()
                .addType(SchemaType.OBJECT)
                .description(
                        "The fields of %s; only those of one of them are present".formatted(String.join(", ", forms)));
        for (String form : forms) {
            Objects.requireNonNull(schemas.get(form))
                    .getProperties()
                    .forEach((field, schema) -> all.addProperty(field, one(all, field, schema)));
        }
        return all;
    }

    /** A field that has several types gets a schema without a type. */
    private static Schema one(Schema all, String field, Schema schema) {
        Schema known = all.getProperties() == null ? null : all.getProperties().get(field);
        if (known == null || kind(known).equals(kind(schema))) {
            return schema;
        }
        return OASFactory.createSchema()
                .description("%s or %s, depending on the response".formatted(kind(known), kind(schema)));
    }

    private static String kind(Schema schema) {
        if (schema.getRef() != null) {
            return name(schema);
        }
        return schema.getType() == null
                ? "any"
                : schema.getType().stream().map(SchemaType::toString).collect(Collectors.joining(" or "));
    }

    private static String name(Schema reference) {
        return reference.getRef().substring(reference.getRef().lastIndexOf('/') + 1);
    }
}
