package dev.trainyard.gateway.description;

import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.models.headers.Header;
import org.eclipse.microprofile.openapi.models.media.Schema.SchemaType;
import org.eclipse.microprofile.openapi.models.parameters.Parameter;
import org.eclipse.microprofile.openapi.models.responses.APIResponse;

/** What stands beside the bodies: headers of answers, and parameters that mean the same wherever they are. */
final class Headers {
    private static final Map<String, String> PARAMETERS = Map.of(
            "key", "Key of the job, as the submit was answered",
            "id", "Id, as the request was answered",
            "name", "Name of the model, such as DigitModel",
            "version", "Number of the version, from 1",
            "alias", "Name for one version, such as production",
            "Idempotency-Key", "1 to 255 printable ASCII characters: repeated within 24 hours it is the same request",
            "Last-Event-ID", "Id of the last event that was heard; the stream goes on after it");

    private Headers() {}

    /** @param code of the answer; {@code default} is any error that is not described by itself */
    static void describe(String code, APIResponse answer) {
        add(answer, "X-Request-Id", "Id of the request, the client's own where it sent one", SchemaType.STRING);
        switch (code) {
            case "202" -> {
                add(answer, "Location", "Where to ask for what becomes of it", SchemaType.STRING);
                add(answer, "Retry-After", "Seconds after which to ask", SchemaType.INTEGER);
            }
            case "304" -> add(answer, "ETag", "As before", SchemaType.STRING);
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
            if (parameter.getDescription() == null && parameter.getName() != null) {
                parameter.setDescription(PARAMETERS.get(parameter.getName()));
            }
        }
    }
}
