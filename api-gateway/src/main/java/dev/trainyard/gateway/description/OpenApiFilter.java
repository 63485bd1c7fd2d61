package dev.trainyard.gateway.description;

import dev.trainyard.gateway.problem.Problem;
import dev.trainyard.job.JobStatus;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.PathItem;
import org.eclipse.microprofile.openapi.models.media.Content;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.media.Schema.SchemaType;
import org.eclipse.microprofile.openapi.models.responses.APIResponse;

/**
 * Completes the OpenAPI document, so that generated clients can read every response: adds the problem responses and
 * marks optional fields as nullable.
 */
public final class OpenApiFilter implements OASFilter {
    private static final String PROBLEM = "#/components/schemas/Problem";
    /** Paths of this API; the Open Inference Protocol has its own error format. */
    private static final String API_ROOT = "/api/";

    private static final String TYPE_END = "Resource_";
    /** Schemas whose fields are all required, so that clients can distinguish them where several are possible. */
    private static final Set<String> ALL_REQUIRED = Set.of("JobView", "JobPlan", "JobChange", "SystemView", "Accepted");

    @Override
    public void filterOpenAPI(OpenAPI api) {
        if (api.getPaths() == null || api.getPaths().getPathItems() == null || api.getComponents() == null) {
            return;
        }
        api.getComponents().addSchema("Problem", problem());
        NetworkSchemas.describe(api);
        describeStates(Objects.requireNonNull(api.getComponents().getSchemas().get("JobStatus")));
        CombinedResponseSchema forms = new CombinedResponseSchema(api.getComponents());
        for (Map.Entry<String, PathItem> path : api.getPaths().getPathItems().entrySet()) {
            for (Operation operation : path.getValue().getOperations().values()) {
                operation.setOperationId(name(operation.getOperationId()));
                if (path.getKey().startsWith(API_ROOT)) {
                    describeErrors(operation);
                    forms.describe(operation);
                    operation.getResponses().getAPIResponses().forEach(HeaderDescriptions::describe);
                }
                HeaderDescriptions.describe(operation.getParameters());
            }
        }
        Set<String> answered = ResponseSchemas.of(api);
        api.getComponents().getSchemas().forEach((name, schema) -> {
            if (answered.contains(name)) { // in requests, absent fields are omitted
                allowNull(name, schema);
            }
            if (ALL_REQUIRED.contains(name)) {
                schema.setRequired(List.copyOf(schema.getProperties().keySet()));
            }
        });
    }

    private static void describeStates(Schema states) {
        if (states == null) {
            return;
        }
        String labels = Arrays.stream(JobStatus.values())
                .map(status -> "%s (%s)".formatted(status.wireName(), status.label()))
                .collect(Collectors.joining(", "));
        states.setDescription("State of a job, with the label that the web page and the command line show: " + labels);
    }

    /** Shortens {@code TrainResource_submit} to {@code trainSubmit}. */
    private static String name(String id) {
        if (id == null || !id.contains(TYPE_END)) {
            return id;
        }
        String type = id.substring(0, id.indexOf(TYPE_END));
        String method = id.substring(id.indexOf(TYPE_END) + TYPE_END.length());
        return Character.toLowerCase(type.charAt(0))
                + type.substring(1)
                + Character.toUpperCase(method.charAt(0))
                + method.substring(1);
    }

    private static void describeErrors(Operation operation) {
        for (Map.Entry<String, APIResponse> answer :
                operation.getResponses().getAPIResponses().entrySet()) {
            if (answer.getKey().compareTo("400") >= 0 && answer.getValue().getContent() == null) {
                answer.getValue().setContent(problemContent());
            }
            if (answer.getValue().getDescription() == null) {
                answer.getValue().setDescription("Success");
            }
        }
        if (operation.getResponses().getAPIResponse("default") == null) {
            operation
                    .getResponses()
                    .addAPIResponse(
                            "default",
                            OASFactory.createAPIResponse()
                                    .description("Any other error")
                                    .content(problemContent()));
        }
    }

    private static Content problemContent() {
        return OASFactory.createContent()
                .addMediaType(
                        Problem.MEDIA_TYPE,
                        OASFactory.createMediaType()
                                .schema(OASFactory.createSchema().ref(PROBLEM)));
    }

    private static Schema problem() {
        Schema error = OASFactory.createSchema()
                .addType(SchemaType.OBJECT)
                .addProperty("pointer", text("JSON pointer, or the parameter or header"))
                .addProperty("detail", text("the error and the expected value"))
                .required(List.of("pointer", "detail"));
        return OASFactory.createSchema()
                .addType(SchemaType.OBJECT)
                .description("An error (RFC 9457)")
                .addProperty("type", text("kind of the error, stable"))
                .addProperty("title", text("title of the kind"))
                .addProperty("status", OASFactory.createSchema().addType(SchemaType.INTEGER))
                .addProperty("detail", text("what happened and what to do"))
                .addProperty("instance", text("path of the request"))
                .addProperty("request_id", text("also logged with the cause"))
                .addProperty(
                        "errors",
                        OASFactory.createSchema().addType(SchemaType.ARRAY).items(error))
                .addProperty(
                        "more",
                        OASFactory.createSchema()
                                .addType(SchemaType.INTEGER)
                                .description("number of errors that are not listed, if there are more than 50"))
                .required(List.of("type", "title", "status"));
    }

    private static Schema text(String description) {
        return OASFactory.createSchema().addType(SchemaType.STRING).description(description);
    }

    private static void allowNull(String name, Schema schema) {
        if (name.equals("Problem") || schema.getProperties() == null) {
            return;
        }
        Set<String> required = schema.getRequired() == null ? Set.of() : Set.copyOf(schema.getRequired());
        schema.getProperties().forEach((field, property) -> {
            if (!required.contains(field)) {
                allowNull(property);
            }
        });
    }

    private static void allowNull(Schema property) {
        if (property.getRef() != null) {
            Schema value = OASFactory.createSchema().ref(property.getRef());
            property.setRef(null);
            property.setAnyOf(List.of(value, OASFactory.createSchema().addType(SchemaType.NULL)));
        } else if (property.getType() != null && !property.getType().contains(SchemaType.NULL)) {
            List<SchemaType> types = new ArrayList<>(property.getType());
            types.add(SchemaType.NULL);
            property.setType(types);
        }
    }
}
