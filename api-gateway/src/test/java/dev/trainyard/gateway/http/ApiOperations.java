package dev.trainyard.gateway.http;

import static io.restassured.RestAssured.given;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The operations of the OpenAPI document. */
public final class ApiOperations {
    private static final Set<String> METHODS = Set.of("get", "post", "put", "delete", "patch");

    /**
     * @param template as in the document, with the names of its parameters
     * @param path with a value for each of its parameters
     */
    public record Operation(
            String method, String template, String path, List<Parameter> parameters, List<String> mediaTypes) {
        @Override
        public String toString() {
            return method + " " + path;
        }
    }

    /** @param in path, query or header */
    public record Parameter(String name, String in, boolean isList) {}

    private ApiOperations() {}

    public static List<Operation> operations() throws IOException {
        JsonNode api = new ObjectMapper()
                .readTree(given().accept("application/json").get("/q/openapi").asString());
        List<Operation> all = new ArrayList<>();
        api.path("paths")
                .fields()
                .forEachRemaining(path -> path.getValue().fields().forEachRemaining(method -> {
                    if (METHODS.contains(method.getKey())) {
                        all.add(new Operation(
                                method.getKey().toUpperCase(Locale.ROOT),
                                path.getKey(),
                                path.getKey().replaceAll("\\{[^}]*}", "1"),
                                parameters(method.getValue()),
                                mediaTypes(method.getValue())));
                    }
                }));
        return all;
    }

    private static List<Parameter> parameters(JsonNode operation) {
        List<Parameter> all = new ArrayList<>();
        operation
                .path("parameters")
                .forEach(parameter -> all.add(new Parameter(
                        parameter.path("name").asText(),
                        parameter.path("in").asText(),
                        parameter.at("/schema/type").asText().equals("array"))));
        return all;
    }

    private static List<String> mediaTypes(JsonNode operation) {
        List<String> all = new ArrayList<>();
        operation.at("/requestBody/content").fieldNames().forEachRemaining(all::add);
        return all;
    }
}
