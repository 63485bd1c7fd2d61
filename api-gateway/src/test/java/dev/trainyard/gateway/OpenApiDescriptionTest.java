package dev.trainyard.gateway;

import static io.restassured.RestAssured.get;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.trainyard.standalone.testing.PlatformResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Inject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The OpenAPI description is complete, its examples work, and responses match its schemas. */
@QuarkusTest
@QuarkusTestResource(PlatformResource.class)
class OpenApiDescriptionTest {
    private static final Set<String> METHODS = Set.of("get", "post", "put", "delete", "patch");

    @Inject
    @Identifier("default-kafka-broker")
    Map<String, Object> kafka;

    @ConfigProperty(name = "trainyard.artifacts.dir")
    Path artifacts;

    private JsonNode api;

    @BeforeEach
    void readTheDescription() throws Exception {
        await().atMost(Duration.ofSeconds(20))
                .until(() -> get("/q/health/ready").statusCode() == 200);
        api = new ObjectMapper()
                .readTree(given().accept("application/json").get("/q/openapi").asString());
    }

    /** An operation of the description. */
    private record Operation(String path, String method, JsonNode node) {}

    private List<Operation> operations() {
        List<Operation> all = new ArrayList<>();
        api.path("paths")
                .fields()
                .forEachRemaining(path -> path.getValue().fields().forEachRemaining(method -> {
                    if (METHODS.contains(method.getKey())) {
                        all.add(new Operation(path.getKey(), method.getKey(), method.getValue()));
                    }
                }));
        return all;
    }

    @Test
    void everyOperationHasAUniqueIdResponsesAndErrors() {
        assertThat(api.path("openapi").asText()).startsWith("3.1");
        Set<String> names = new HashSet<>();
        for (Operation operation : operations()) {
            String what = operation.method() + " " + operation.path();
            assertThat(operation.node().path("summary").asText()).as(what).isNotBlank();
            assertThat(operation.node().path("tags").size()).as(what).isPositive();
            assertThat(names.add(operation.node().path("operationId").asText()))
                    .as("the name of %s is its own", what)
                    .isTrue();
            for (JsonNode parameter : operation.node().path("parameters")) {
                assertThat(parameter.path("description").asText())
                        .as("%s %s", what, parameter.path("name"))
                        .isNotBlank();
                assertThat(parameter.path("schema").isEmpty())
                        .as("%s %s", what, parameter.path("name"))
                        .isFalse();
            }
            List<String> codes = new ArrayList<>();
            operation.node().path("responses").fieldNames().forEachRemaining(codes::add);
            assertThat(codes).as(what).anyMatch(code -> code.startsWith("2"));
            if (operation.path().startsWith("/api/")) {
                assertThat(codes).as(what).contains("default");
                for (String code : codes) {
                    JsonNode answer = operation.node().path("responses").path(code);
                    assertThat(answer.path("description").asText())
                            .as(what + code)
                            .isNotBlank();
                    if (code.compareTo("400") >= 0) {
                        assertThat(answer.at("/content/application~1problem+json/schema/$ref")
                                        .asText())
                                .as(what + " " + code)
                                .endsWith("/Problem");
                    }
                }
            }
        }
    }

    @Test
    void everyReferenceIsResolved() {
        for (JsonNode reference : api.findValues("$ref")) {
            assertThat(api.at(reference.asText().substring(1)).isMissingNode())
                    .as(reference.asText())
                    .isFalse();
        }
    }

    @Test
    void everyExampleIsValid() {
        int count = 0;
        for (Operation operation : operations()) {
            JsonNode contents = operation.node().path("requestBody").path("content");
            for (var content = contents.fields(); content.hasNext(); ) {
                var body = content.next();
                for (JsonNode example : body.getValue().path("examples")) {
                    assertThat(SchemaValidator.wrong(api, body.getValue().path("schema"), example.path("value")))
                            .as("%s %s", operation.path(), example)
                            .isEmpty();
                    Response answer = given().contentType(body.getKey())
                            .body(text(example.path("value")))
                            .request(operation.method(), path(operation.path()));
                    if (operation.path().equals("/api/v1/tokens")) {
                        assertThat(answer.statusCode())
                                .as("this gateway has no tokens")
                                .isEqualTo(409);
                        continue;
                    }
                    assertThat(answer.statusCode())
                            .as("%s %s: %s", operation.path(), example, answer.asString())
                            .isBetween(200, 299);
                    count++;
                }
            }
        }
        assertThat(count).isGreaterThanOrEqualTo(4);
    }

    @Test
    void theDescriptionOfTheTrainingConfigurationListsItsConstraints() throws Exception {
        JsonNode request = api.at("/components/schemas/TrainRequest");
        String valid = api.at("/paths/~1api~1v1~1train/post/requestBody/content/application~1json/examples/mlp/value")
                .toString();
        for (JsonNode required : request.path("required")) {
            ObjectNode without = (ObjectNode) new ObjectMapper().readTree(valid);
            without.remove(required.asText());
            assertThat(SchemaValidator.wrong(api, request, without)).isNotEmpty();
            assertThat(train(without.toString(), "").statusCode())
                    .as(required.asText())
                    .isEqualTo(422);
        }
        ObjectNode nulls = (ObjectNode) new ObjectMapper().readTree(valid);
        nulls.putNull("network_args");
        assertThat(SchemaValidator.wrong(api, request, nulls)).isNotEmpty();
        assertThat(train(nulls.toString(), "").statusCode()).isEqualTo(422);
    }

    private static String text(JsonNode value) {
        return value.isTextual() ? value.asText() : value.toString();
    }

    /** Replaces path parameters by existing names. */
    private static String path(String template) {
        return template.replace("{name}", "DigitModel")
                .replace("{version}", "1")
                .replace("{alias}", "best")
                .replace("{project}", "default");
    }

    @Test
    void responsesMatchTheirSchemas() throws Exception {
        try (FakeWorkers workers = new FakeWorkers(kafka, artifacts)) {
            String config = api.at("/paths/~1api~1v1~1train/post/requestBody/content/application~1json/examples")
                    .path("mlp")
                    .path("value")
                    .toString();
            Response accepted = train(config, "");
            fits("/api/v1/train", "post", "202", accepted);
            String job = accepted.jsonPath().getString("status_url");
            fits("/api/v1/train/{key}", "get", "200", get(job));
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> get(job).jsonPath().getString("status").equals("success"));
            fits("/api/v1/train/{key}", "get", "200", get(job));
            fits("/api/v1/train", "get", "200", get("/api/v1/train"));
            Response plan = train(config, "?dry_run=true");
            fits("/api/v1/train", "post", "200", plan);
            assertThat(SchemaValidator.wrong(
                            api, api.at("/components/schemas/JobPlan"), new ObjectMapper().readTree(plan.asString())))
                    .isEmpty();
            fits("/api/v1/train", "post", "422", train("{}", ""));
            studiesFit();
            fits("/api/v1/system", "get", "200", get("/api/v1/system"));
            fits("/api/v1/models", "get", "200", get("/api/v1/models"));
            fits("/api/v1/models/{name}", "get", "200", get("/api/v1/models/DigitModel"));
            fits("/api/v1/models/{name}/versions/{version}", "get", "200", get("/api/v1/models/DigitModel/versions/1"));
            fits("/api/v1/models/{name}/route", "get", "200", get("/api/v1/models/DigitModel/route"));
            fits("/api/v1/dead-letters", "get", "200", get("/api/v1/dead-letters"));
            byte[] png = Files.readAllBytes(Path.of("../example/8.png"));
            fits(
                    "/api/v1/predict",
                    "post",
                    "200",
                    given().contentType("image/png").body(png).post("/api/v1/predict"));
            assertThat(workers).isNotNull();
        }
    }

    private void studiesFit() throws Exception {
        String request = api.at("/paths/~1api~1v1~1studies/post/requestBody/content/application~1json/examples")
                .path("asha")
                .path("value")
                .toString();
        Response created = study(request, "");
        fits("/api/v1/studies", "post", "201", created);
        fits("/api/v1/studies", "post", "200", study(request, "?dry_run=true"));
        fits("/api/v1/studies", "post", "422", study("{}", ""));
        String study = "/api/v1/studies/" + created.path("id");
        await().atMost(Duration.ofSeconds(60))
                .until(() -> get(study).jsonPath().getString("status").equals("completed"));
        fits("/api/v1/studies/{id}", "get", "200", get(study));
        fits("/api/v1/studies", "get", "200", get("/api/v1/studies"));
        fits("/api/v1/studies/{id}/trials", "get", "200", get(study + "/trials"));
        fits("/api/v1/studies/{id}/best", "get", "200", get(study + "/best"));
        fits("/api/v1/studies/{id}/replay", "post", "200", given().post(study + "/replay"));
    }

    private static Response study(String request, String query) {
        return given().contentType("application/json").body(request).post("/api/v1/studies" + query);
    }

    private static Response train(String config, String query) {
        return given().contentType("application/json").body(config).post("/api/v1/train" + query);
    }

    private void fits(String path, String method, String code, Response answer) throws Exception {
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(Integer.parseInt(code));
        JsonNode content = api.path("paths")
                .path(path)
                .path(method)
                .path("responses")
                .path(code)
                .path("content");
        assertThat(content.isEmpty())
                .as("%s %s %s is described", method, path, code)
                .isFalse();
        JsonNode schema = content.elements().next().path("schema");
        assertThat(SchemaValidator.wrong(api, schema, new ObjectMapper().readTree(answer.asString())))
                .as("%s %s %s", method, path, code)
                .isEmpty();
    }
}
