package dev.trainyard.gateway.description;

import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.models.headers.Header;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.media.Schema.SchemaType;
import org.eclipse.microprofile.openapi.models.parameters.Parameter;
import org.eclipse.microprofile.openapi.models.responses.APIResponse;

/** Describes response headers, and parameters that have the same meaning in all operations. */
final class HeaderDescriptions {
    /** @param example valid in all operations */
    private record ParameterDescription(String description, String example) {}

    private static final Map<String, ParameterDescription> PARAMETERS = Map.ofEntries(
            entry("key", "Key of the job, from the response to the submit", "0b9f6c1e-52a3-4d0e-9a55-6f1c2e7d8b90"),
            entry("id", "Id, from the response to the request", "7d1e0a52-3c4b-4f6a-8e21-9b0c5d6f7a83"),
            entry("trial", "Number of the trial in its study, from 0", "0"),
            entry("name", "Name of the model, such as DigitModel", "DigitModel"),
            entry("model", "Name of the model", "DigitModel"),
            entry("version", "Number of the version, from 1", "1"),
            entry("project", "Name of the project, such as default", "default"),
            entry("pool", "Name of the pool, such as default", "default"),
            entry("alias", "Name for one version, such as production", "production"),
            entry(
                    "Idempotency-Key",
                    "1 to 255 printable ASCII characters; a request with the same key within 24 hours is a repetition",
                    "digits-2026-01-31"),
            entry("If-None-Match", "ETag of an earlier response", "W/\"12-g9a1x2-0\""),
            entry("Last-Event-ID", "Id of the last received event; the stream continues after it", "1"));

    private HeaderDescriptions() {}

    /** @param code status, or {@code default} for all errors without their own description */
    static void describe(String code, APIResponse answer) {
        add(answer, "X-Request-Id", "Id of the request, the client's own if it sent one", SchemaType.STRING);
        switch (code) {
            case "202" -> {
                add(answer, "Location", "URL of the status", SchemaType.STRING);
                add(answer, "Retry-After", "Seconds after which to poll", SchemaType.INTEGER);
            }
            case "304" -> add(answer, "ETag", "Unchanged", SchemaType.STRING);
            case "429", "503", "default" ->
                add(answer, "Retry-After", "Seconds after which to try again, with 429 and 503", SchemaType.INTEGER);
            default -> {}
        }
    }

    private static void add(APIResponse answer, String name, String description, SchemaType type) {
        if (answer.getHeaders() == null || !answer.getHeaders().containsKey(name)) {
            Header header = OASFactory.createHeader()
                    .description(description)
                    .schema(OASFactory.createSchema().addType(type));
            answer.addHeader(name, header);
        }
    }

    static void describe(List<Parameter> parameters) {
        if (parameters == null) {
            return;
        }
        for (Parameter parameter : parameters) {
            ParameterDescription known = parameter.getName() == null ? null : PARAMETERS.get(parameter.getName());
            if (known == null) {
                continue;
            }
            if (parameter.getDescription() == null) {
                parameter.setDescription(known.description());
            }
            if (parameter.getExample() == null && hasNoValues(parameter.getSchema())) {
                parameter.setExample(known.example());
            }
        }
    }

    /** Returns true if the schema has neither a default nor an enumeration. */
    private static boolean hasNoValues(Schema schema) {
        return schema == null || schema.getDefaultValue() == null && schema.getEnumeration() == null;
    }

    private static Map.Entry<String, ParameterDescription> entry(String name, String description, String example) {
        return Map.entry(name, new ParameterDescription(description, example));
    }
}
