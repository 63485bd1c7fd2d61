package dev.trainyard.gateway;

import static io.restassured.RestAssured.get;
import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.post;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.hasSize;

import dev.trainyard.standalone.testing.PlatformResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Validation, problem responses and lists of the REST API. */
@QuarkusTest
@QuarkusTestResource(PlatformResource.class)
class ApiTest {
    private static final String PROBLEM = "application/problem+json";
    private static final String VALID = """
            {"dataset":"MnistDataset","dataset_args":{"image_size":[28,28,1]},"model":"DigitModel","network":"lenet5",\
            "network_args":{},"train_args":{"batch_size":32,"epochs":10},"save_weights":true}""";

    @Test
    void everyErrorIsListedWithItsPointerAndNothingIsQueued() {
        int before = jobs();
        train(VALID.replace("MnistDataset", "MnistDatset").replace("32", "0").replace("{},", "{\"layer_size\":1},"))
                .then()
                .statusCode(422)
                .contentType(PROBLEM)
                .body("errors.pointer", hasItems("/dataset", "/train_args/batch_size", "/network_args/layer_size"))
                .body("errors", hasSize(3))
                .body("errors.detail", hasItems(containsString("did you mean \"MnistDataset\"")));
        assertThat(jobs()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "", "nonsense", "{\"a\":1,\"a\":2}", "{\"a\":NaN}", "{} {}"})
    void invalidJsonIsAMalformedRequest(String body) {
        train(body).then().statusCode(400).contentType(PROBLEM).body("detail", containsString("body"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "null", "1", "\"text\""})
    void jsonOtherThanAnObjectIsInvalid(String body) {
        train(body).then().statusCode(422).body("errors", hasSize(1));
    }

    @Test
    void anUnsupportedContentTypeIsRejected() {
        given().contentType("text/plain")
                .body(VALID)
                .post("/api/v1/train")
                .then()
                .statusCode(415)
                .contentType(PROBLEM);
        given().contentType("image/jpeg")
                .body(new byte[] {1})
                .post("/api/v1/predict")
                .then()
                .statusCode(415)
                .contentType(PROBLEM)
                .body("detail", allOf(containsString("image/jpeg"), containsString("Convert the image to PNG")));
        given().contentType("image/png")
                .body(new byte[] {(byte) 0xff, (byte) 0xd8, (byte) 0xff, (byte) 0xe0})
                .post("/api/v1/predict")
                .then()
                .statusCode(415)
                .contentType(PROBLEM)
                .body("detail", containsString("they are a JPEG file"));
    }

    @Test
    void unknownPathsAreNotFound() {
        for (String path : List.of(
                "/api/v1/train/" + UUID.randomUUID(),
                "/api/v1/train/no-key",
                "/api/v1/models/DigitModel/versions/999",
                "/api/v1/models/DogModel/versions/1/model.onnx",
                "/api/v1/nothing")) {
            get(path).then().statusCode(404).contentType(PROBLEM).body("status", equalTo(404));
        }
        post("/api/v1/train/{key}/cancel", UUID.randomUUID()).then().statusCode(404);
    }

    @Test
    void pagesOfAListHaveNoGapsOrDuplicates() {
        List<String> submitted = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            submitted.add(0, train(VALID).jsonPath().getString("key"));
        }
        List<String> read = new ArrayList<>();
        String cursor = "";
        while (cursor != null && read.size() < 5) {
            JsonPath page = get("/api/v1/train?status=queued&limit=2" + cursor)
                    .then()
                    .statusCode(200)
                    .extract()
                    .jsonPath();
            read.addAll(page.getList("jobs.key"));
            String next = page.getString("next_cursor");
            cursor = next == null ? null : "&cursor=" + next;
        }
        assertThat(read).startsWith(submitted.toArray(String[]::new));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "limit=0",
                "limit=501",
                "limit=x",
                "limit=00001",
                "status=done",
                "cursor=zzz",
                "network=lenet4",
                "model=%00",
                "model_version=0",
                "model_version=x",
                "model_version=1234567890",
                "key=6g",
                "key=6f1c%25",
                "key=123456789",
                "key=00000000-0000-0000-0000-0000000000000",
                "created_after=yesterday",
                "created_after=2026-01-31",
                "created_after=2026-13-01T00:00:00Z",
                "created_after=2026-01-31T00:00:00+01:00",
                "created_before=%2B999999999-01-01T00:00:00Z"
            })
    void aBadQueryIsNamed(String query) {
        list("train?" + query)
                .then()
                .statusCode(422)
                .body("errors[0].pointer", equalTo("?" + query.replaceAll("=.*", "")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"models", "dead-letters"})
    void everyListValidatesItsLimitTheSameWay(String list) {
        for (String limit : List.of("0", "501", "x", "-1", "00001", "1.0", "%2B1")) {
            list(list + "?limit=" + limit)
                    .then()
                    .statusCode(422)
                    .body("errors.pointer", equalTo(List.of("?limit")))
                    .body("errors[0].detail", equalTo("must be a whole number from 1 to 500"));
        }
        for (String limit : List.of("0500", "1", "")) {
            list(list + "?limit=" + limit).then().statusCode(200);
        }
    }

    @Test
    void allInvalidListParametersAreReportedTogether() {
        get("/api/v1/train?limit=0&network=x&key=z&created_after=1&created_before=2&model_version=x&status=x&cursor=x")
                .then()
                .statusCode(422)
                .body("errors", hasSize(8));
    }

    @Test
    void jobsAreFilteredByKeyNetworkStatusAndTime() {
        String key = train(VALID.replace("lenet5", "mlp")).jsonPath().getString("key");
        String later = train(VALID).jsonPath().getString("key");
        String at = get("/api/v1/train/" + key).jsonPath().getString("created_at");
        String early =
                "created_after=0000-01-01T00:00:00Z&created_before=9999-12-31T23:59:59.999999999%2B18:00&limit=500";
        for (String query : List.of(
                "network=mlp&created_after=" + at,
                "key=" + key,
                "key=" + key.substring(0, 30).toUpperCase(Locale.ROOT),
                "key=" + key.substring(0, 9) + "&network=&model=",
                "status=queued&network=mlp&model=DigitModel&created_after=" + at,
                "key=" + key + "&" + early)) {
            assertThat(keys(query)).as(query).containsExactly(key);
        }
        assertThat(keys(early)).contains(key, later);
        for (String query : List.of(
                "network=lenet5",
                "network=imported",
                "model=digitmodel",
                "model=DigitModel'%20or%20true%20--",
                "status=success",
                "model_version=999999999",
                "created_before=" + at)) {
            assertThat(keys(query + "&limit=500")).as(query).doesNotContain(key);
        }
    }

    private static List<String> keys(String query) {
        return list("train?" + query)
                .then()
                .statusCode(200)
                .extract()
                .jsonPath()
                .getList("jobs.key");
    }

    /** @param query encoded as it shall be sent */
    private static Response list(String query) {
        return given().urlEncodingEnabled(false).get("/api/v1/" + query);
    }

    @Test
    void cancellingAQueuedJobTwiceEndsItOnce() {
        String key = train(VALID).jsonPath().getString("key");
        for (int i = 0; i < 2; i++) {
            post("/api/v1/train/{key}/cancel", key)
                    .then()
                    .statusCode(200)
                    .body("status", equalTo("cancelled"))
                    .body("transitions", hasSize(2));
        }
    }

    @Test
    void theBundledModelIsActiveWithItsProvenanceAndFile() {
        JsonPath model = get("/api/v1/models").jsonPath();
        assertThat(model.getList("models.name")).contains("DigitModel");
        JsonPath first = get("/api/v1/models/DigitModel/versions/1").jsonPath();
        assertThat(first.getString("metadata.config.network")).isEqualTo("lenet5");
        assertThat(first.getDouble("metadata.metrics.test.accuracy")).isGreaterThanOrEqualTo(0.99);
        assertThat(first.getString("metadata.dataset_sha256")).hasSize(64);
        byte[] onnx = get("/api/v1/models/DigitModel/versions/1/model.onnx").asByteArray();
        assertThat(onnx).hasSize(first.getInt("onnx_size"));
    }

    @Test
    void otherFormatsAndLargeImagesAreRefused() {
        predict("hello".getBytes()).then().statusCode(415).contentType(PROBLEM);
        predict(new byte[0]).then().statusCode(415);
        predict(new byte[5 * 1024 * 1024 + 1]).then().statusCode(413).contentType(PROBLEM);
        given().multiPart("image", "x.png", new byte[5 * 1024 * 1024 + 1])
                .post("/api/v1/predict")
                .then()
                .statusCode(413);
        given().multiPart("picture", "x.png", new byte[1])
                .post("/api/v1/predict")
                .then()
                .statusCode(422)
                .body("errors[0].pointer", equalTo("/image"));
    }

    @Test
    void theOpenApiDocumentHasFieldsAndExamples() {
        String openApi = get("/q/openapi").asString();
        assertThat(openApi)
                .contains("/api/v1/predict/preview", "occlusion", "explain", "probabilities")
                .contains("/api/v1/train/{key}/cancel", "status_url", "samples_per_second", "multipart/form-data")
                .doesNotContain("statusUrl", "samplesPerSecond");
        get("/q/swagger-ui/").then().statusCode(200);
        get("/q/metrics").then().statusCode(200).body(containsString("http_server"));
        get("/q/health/live").then().statusCode(200);
    }

    @Test
    void theExamplesOfTheOpenApiDocumentAreAccepted() {
        JsonPath openApi = given().accept("application/json").get("/q/openapi").jsonPath();
        for (String example : List.of("lenet5", "mlp")) {
            Object value = openApi.get(
                    "paths.'/api/v1/train'.post.requestBody.content.'application/json'.examples." + example + ".value");
            assertThat(value).isNotNull();
            given().contentType("application/json")
                    .body(value)
                    .post("/api/v1/train")
                    .then()
                    .statusCode(202);
        }
    }

    private static Response train(String body) {
        return given().contentType("application/json").body(body).post("/api/v1/train");
    }

    private static Response predict(byte[] body) {
        return given().contentType("image/png").body(body).post("/api/v1/predict");
    }

    private static int jobs() {
        return get("/api/v1/train?limit=500").jsonPath().getList("jobs").size();
    }

    @Test
    void importsAreRefusedWithoutAnAdministratorToken() {
        given().header("Authorization", "Bearer x")
                .multiPart("model", "weights.h5", new byte[] {1})
                .post("/api/v1/models")
                .then()
                .statusCode(403)
                .contentType("application/problem+json")
                .body("detail", containsString("trainyard.admin.token"));
    }
}
