package dev.trainyard.gateway;

import static io.restassured.RestAssured.get;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.trainyard.standalone.testing.PlatformResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Inject;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Every example of a parameter in the OpenAPI description is accepted. */
@Tag("full")
@QuarkusTest
@QuarkusTestResource(PlatformResource.class)
class ParameterExamplesTest {
    private static final Set<String> METHODS = Set.of("get", "post", "put", "delete", "patch");
    /** Client errors, which no example may cause. */
    private static final Set<Integer> REFUSED = Set.of(400, 401, 403, 404, 405, 406, 410, 413, 415, 422);

    private static final String INFER = """
            {"inputs": [{"name": "image", "shape": [1, 784], "datatype": "FP32", "data": [%s]}]}""".formatted(String.join(",", Collections.nCopies(784, "0")));

    private static final String MULTIPART = "multipart/form-data; boundary=x";

    @Inject
    @Identifier("default-kafka-broker")
    Map<String, Object> kafka;

    @ConfigProperty(name = "trainyard.artifacts.dir")
    Path artifacts;

    @TestHTTPResource("/")
    URI server;

    private final HttpClient http = HttpClient.newHttpClient();
    private FakeWorkers workers;
    private JsonNode api;

    @BeforeEach
    void startTheWorkers() throws Exception {
        await().atMost(Duration.ofSeconds(20))
                .until(() -> get("/q/health/ready").statusCode() == 200);
        workers = new FakeWorkers(kafka, artifacts);
        api = new ObjectMapper()
                .readTree(given().accept("application/json").get("/q/openapi").asString());
    }

    @AfterEach
    void stopTheWorkers() throws Exception {
        workers.close();
    }

    private record ParameterCase(String path, String method, JsonNode operation, JsonNode parameter, String value) {
        boolean isIn(String where) {
            return parameter.path("in").asText().equals(where);
        }

        String name() {
            return parameter.path("name").asText();
        }

        @Override
        public String toString() {
            return "%s %s with %s %s".formatted(method.toUpperCase(Locale.ROOT), path, name(), value);
        }
    }

    @Test
    void everyExampleOfAParameterIsAccepted() throws Exception {
        String job = finishedJob();
        String prediction = keptPrediction();
        String study = study();
        int count = 0;
        for (ParameterCase parameterCase : all()) {
            if (parameterCase.name().equals("key") && parameterCase.isIn("path")
                    || parameterCase.name().equals("id")) {
                assertThat(UUID.fromString(parameterCase.value()))
                        .isNotNull(); // the key of a job that does not exist here
                continue;
            }
            if (parameterCase.method().equals("delete") && parameterCase.path().startsWith("/api/v1/models/")) {
                continue; // the examples are the model that the other requests need; ModelsTest deletes its own
            }
            HttpResponse<InputStream> answer =
                    http.send(request(parameterCase, job, prediction, study), bodyOfAnyLength());
            try (InputStream body = answer.body()) {
                int status = answer.statusCode();
                if (parameterCase.path().equals("/api/v1/models")
                        && parameterCase.method().equals("post")) {
                    assertThat(status).as("%s", parameterCase).isEqualTo(403); // no administrator without a token
                } else {
                    assertThat(REFUSED)
                            .as("%s is answered %d %s", parameterCase, status, status < 400 ? "" : text(body))
                            .doesNotContain(status);
                    // the simulated predictor supports neither tensors nor previews
                    if (!parameterCase.path().matches(".*/(infer|preview)")) {
                        assertThat(status)
                                .as("%s: %s", parameterCase, status < 500 ? "" : text(body))
                                .isIn(200, 201, 202, 204, 304, 409, 504);
                    }
                }
            }
            count++;
        }
        assertThat(count).isGreaterThan(80);
    }

    /** Examples give readers of the description a value to send. */
    @Test
    void everyParameterHasAnExampleOrDefault() {
        int parameters = 0;
        for (JsonNode path : api.path("paths")) {
            for (JsonNode operation : path) {
                for (JsonNode parameter : operation.path("parameters")) {
                    assertThat(values(parameter))
                            .as("%s %s", operation.path("operationId"), parameter.path("name"))
                            .isNotEmpty();
                    parameters++;
                }
            }
        }
        assertThat(parameters).isGreaterThan(60);
    }

    @Test
    void everyExampleOfASchemaIsValid() {
        int count = 0;
        for (JsonNode schema : api.findParents("examples")) {
            if (schema.has("type")) {
                for (JsonNode example : schema.path("examples")) {
                    assertThat(SchemaValidator.wrong(api, schema, example)).isEmpty();
                    count++;
                }
            }
        }
        assertThat(count).isPositive();
    }

    private List<ParameterCase> all() {
        List<ParameterCase> all = new ArrayList<>();
        api.path("paths")
                .fields()
                .forEachRemaining(path -> path.getValue().fields().forEachRemaining(method -> {
                    if (METHODS.contains(method.getKey())) {
                        for (JsonNode parameter : method.getValue().path("parameters")) {
                            for (String value : values(parameter)) {
                                all.add(new ParameterCase(
                                        path.getKey(), method.getKey(), method.getValue(), parameter, value));
                            }
                        }
                    }
                }));
        return all;
    }

    /** Examples, default and enumerated values. */
    private List<String> values(JsonNode parameter) {
        JsonNode schema = parameter.path("schema");
        while (schema.has("$ref")) {
            schema = api.at(schema.path("$ref").asText().substring(1));
        }
        List<String> values = new ArrayList<>();
        add(values, parameter.path("example"));
        parameter.path("examples").forEach(example -> add(values, example.path("value")));
        schema.path("examples").forEach(example -> add(values, example));
        schema.path("enum").forEach(one -> add(values, one));
        add(values, schema.path("default"));
        if (schema.path("type").asText().equals("boolean")) {
            values.addAll(List.of("true", "false"));
        }
        return values.stream().distinct().toList();
    }

    private static void add(List<String> values, JsonNode value) {
        if (value.isValueNode()) {
            values.add(value.asText());
        }
    }

    private HttpRequest request(ParameterCase parameterCase, String job, String prediction, String study)
            throws Exception {
        String path = parameterCase
                .path()
                .replace("{key}", job)
                .replace("/studies/{id}", "/studies/" + study)
                .replace("{id}", prediction);
        for (JsonNode parameter : parameterCase.operation().path("parameters")) {
            if (parameter.path("in").asText().equals("path")) {
                path = path.replace(
                        "{" + parameter.path("name").asText() + "}",
                        encoded(values(parameter).get(0)));
            }
        }
        if (parameterCase.isIn("query")) {
            path += "?" + parameterCase.name() + "=" + encoded(parameterCase.value());
        }
        HttpRequest.Builder request =
                HttpRequest.newBuilder(server.resolve(path)).timeout(Duration.ofSeconds(60));
        if (parameterCase.isIn("header")) {
            request.header(
                    parameterCase.name(),
                    parameterCase.name().equals("Idempotency-Key") ? own(parameterCase) : parameterCase.value());
        }
        return body(request, parameterCase.method().toUpperCase(Locale.ROOT), parameterCase.operation());
    }

    /** Unique, because several tests and operations share this gateway. */
    private static String own(ParameterCase parameterCase) {
        return parameterCase.value() + "-" + UUID.randomUUID();
    }

    private HttpRequest body(HttpRequest.Builder request, String method, JsonNode operation) throws Exception {
        JsonNode content = operation.path("requestBody").path("content");
        if (content.isMissingNode() || content.isEmpty()) {
            return request.method(method, BodyPublishers.noBody()).build();
        }
        byte[] png = Files.readAllBytes(Path.of("../example/8.png"));
        if (content.has("image/png")) {
            return request.header("Content-Type", "image/png")
                    .method(method, BodyPublishers.ofByteArray(png))
                    .build();
        }
        if (content.has("application/json")) {
            JsonNode examples = content.path("application/json").path("examples");
            JsonNode value = examples.isEmpty()
                    ? new TextNode(INFER)
                    : examples.iterator().next().path("value");
            return request.header("Content-Type", "application/json")
                    .method(method, BodyPublishers.ofString(value.isTextual() ? value.asText() : value.toString()))
                    .build();
        }
        byte[] head =
                "--x\r\nContent-Disposition: form-data; name=\"images\"; filename=\"8.png\"\r\nContent-Type: image/png\r\n\r\n"
                        .getBytes(StandardCharsets.US_ASCII);
        byte[] foot = "\r\n--x--\r\n".getBytes(StandardCharsets.US_ASCII);
        return request.header("Content-Type", MULTIPART)
                .method(method, BodyPublishers.ofByteArrays(List.of(head, png, foot)))
                .build();
    }

    private String finishedJob() {
        JsonNode config =
                api.at("/paths/~1api~1v1~1train/post/requestBody/content/application~1json/examples/mlp/value");
        String url = given().contentType("application/json")
                .body(config.toString())
                .post("/api/v1/train")
                .then()
                .statusCode(202)
                .extract()
                .path("status_url");
        await().atMost(Duration.ofSeconds(30))
                .until(() -> get(url).jsonPath().getString("status").equals("success"));
        return url.replaceAll(".*/", "");
    }

    private String study() {
        JsonNode request =
                api.at("/paths/~1api~1v1~1studies/post/requestBody/content/application~1json/examples/asha/value");
        return given().contentType("application/json")
                .body(request.toString())
                .post("/api/v1/studies")
                .then()
                .statusCode(201)
                .extract()
                .path("id");
    }

    private static String keptPrediction() throws Exception {
        return given().contentType("image/png")
                .header("Prefer", "respond-async")
                .body(Files.readAllBytes(Path.of("../example/8.png")))
                .post("/api/v1/predict")
                .then()
                .statusCode(202)
                .extract()
                .path("id");
    }

    private static HttpResponse.BodyHandler<InputStream> bodyOfAnyLength() {
        return HttpResponse.BodyHandlers.ofInputStream(); // streams of events do not end
    }

    private static String text(InputStream body) throws Exception {
        return new String(body.readAllBytes(), StandardCharsets.UTF_8);
    }

    private static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
