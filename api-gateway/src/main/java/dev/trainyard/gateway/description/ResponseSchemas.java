package dev.trainyard.gateway.description;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.jspecify.annotations.Nullable;

/** Finds the schemas that responses use, directly or indirectly. */
final class ResponseSchemas {
    private final Map<String, Schema> schemas;
    private final Set<String> found = new HashSet<>();

    private ResponseSchemas(Map<String, Schema> schemas) {
        this.schemas = schemas;
    }

    /** Returns the names of the schemas that the responses of {@code api} use, directly or indirectly. */
    static Set<String> of(OpenAPI api) {
        ResponseSchemas answered = new ResponseSchemas(api.getComponents().getSchemas());
        api.getPaths().getPathItems().values().stream()
                .flatMap(path -> path.getOperations().values().stream())
                .flatMap(operation -> operation.getResponses().getAPIResponses().values().stream())
                .filter(answer -> answer.getContent() != null)
                .flatMap(answer -> answer.getContent().getMediaTypes().values().stream())
                .forEach(media -> answered.visit(media.getSchema()));
        return answered.found;
    }

    private void visit(@Nullable Schema schema) {
        if (schema == null) {
            return;
        }
        if (schema.getRef() != null) {
            String name = schema.getRef().substring(schema.getRef().lastIndexOf('/') + 1);
            if (found.add(name)) {
                visit(schemas.get(name));
            }
        }
        if (schema.getProperties() != null) {
            visit(schema.getProperties().values());
        }
        visit(schema.getItems());
        visit(schema.getAdditionalPropertiesSchema());
        visit(schema.getAnyOf());
        visit(schema.getOneOf());
        visit(schema.getAllOf());
    }

    private void visit(@Nullable Collection<Schema> several) {
        (several == null ? List.<Schema>of() : several).forEach(this::visit);
    }
}
