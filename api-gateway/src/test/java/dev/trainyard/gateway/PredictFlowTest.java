package dev.trainyard.gateway;

import static io.restassured.RestAssured.get;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;

import dev.trainyard.image.PngWriter;
import dev.trainyard.image.testing.PngBuilder;
import dev.trainyard.message.PredictHeaders;
import dev.trainyard.message.PredictReply;
import dev.trainyard.standalone.testing.PlatformResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Inject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The path of an image to the predictors and back; the test simulates the predictor. */
@QuarkusTest
@QuarkusTestResource(PlatformResource.class)
@TestProfile(ShortTimesProfile.class)
class PredictFlowTest {
    private static final float[] PROBABILITIES = {0, 0, 0, 0, 0, 0, 0, 0, 0.75f, 0.25f};

    @Inject
    @Identifier("default-kafka-broker")
    Map<String, Object> kafka;

    private byte[] png;

    @BeforeEach
    void awaitTheGateway() throws Exception {
        png = Files.readAllBytes(Path.of("../example/8.png"));
        await().atMost(Duration.ofSeconds(20))
                .until(() -> get("/q/health/ready").statusCode() == 200);
    }

    @Test
    void theResponseIsTheReplyOfThePredictor() throws Exception {
        try (FakePredictor predictor = new FakePredictor(
                kafka, request -> new PredictReply.Answered("DigitModel", 3, 8, PROBABILITIES, null))) {
            predict()
                    .then()
                    .statusCode(200)
                    .body("prediction", equalTo(8))
                    .body("probability", equalTo(0.75f))
                    .body("probabilities[9]", equalTo(0.25f))
                    .body("model.name", equalTo("DigitModel"))
                    .body("model.version", equalTo(3));
            given().multiPart("image", "8.png", png, "image/png")
                    .post("/api/v1/predict")
                    .then()
                    .statusCode(200)
                    .body("prediction", equalTo(8));
            assertThat(predictor.last().value()).isEqualTo(png);
        }
    }

    @Test
    void aReplyContainsTheTrustOfThePrediction() throws Exception {
        try (FakePredictor predictor = new FakePredictor(kafka, request -> judged(false))) {
            predict()
                    .then()
                    .statusCode(200)
                    .body("prediction", equalTo(8))
                    .body("probability", equalTo(0.75f))
                    .body("prediction_set", equalTo(List.of(8, 9)))
                    .body("outlier.is_outlier", equalTo(false))
                    .body("outlier.score", equalTo(3.25f))
                    .body("outlier.threshold", equalTo(2.5f))
                    .body("best_guess", nullValue())
                    .body("message", nullValue());
            assertThat(predictor.last()).isNotNull();
        }
        try (FakePredictor predictor = new FakePredictor(
                kafka, request -> new PredictReply.Answered("DigitModel", 3, 8, PROBABILITIES, null))) {
            assertThat(predict().jsonPath().getMap("$"))
                    .as("of a model that is older than trust packs")
                    .containsEntry("prediction", 8)
                    .containsEntry("outlier", null)
                    .containsEntry("prediction_set", null);
            assertThat(predictor.last()).isNotNull();
        }
    }

    @Test
    void anOutlierHasNoPredictionUnlessTheRequestAcceptsIt() throws Exception {
        try (FakePredictor predictor = new FakePredictor(kafka, request -> judged(true))) {
            for (String query : List.of("", "?outliers=refuse")) {
                predict(query)
                        .then()
                        .statusCode(200)
                        .body("prediction", nullValue())
                        .body("probability", nullValue())
                        .body("message", containsString("scores 3.25, and up to 2.50"))
                        .body("message", containsString("?outliers=accept"))
                        .body("best_guess.prediction", equalTo(8))
                        .body("best_guess.probability", equalTo(0.75f))
                        .body("prediction_set", empty())
                        .body("outlier.is_outlier", equalTo(true))
                        .body("probabilities[9]", equalTo(0.25f));
            }
            predict("?outliers=accept")
                    .then()
                    .statusCode(200)
                    .body("prediction", equalTo(8))
                    .body("probability", equalTo(0.75f))
                    .body("best_guess.prediction", equalTo(8))
                    .body("message", nullValue())
                    .body("prediction_set", empty())
                    .body("outlier.is_outlier", equalTo(true));
            given().multiPart("image", "8.png", png, "image/png")
                    .post("/api/v1/predict?outliers=accept")
                    .then()
                    .statusCode(200)
                    .body("prediction", equalTo(8));
            assertThat(predictor.last()).isNotNull();
        }
    }

    @Test
    void anUnknownOutlierModeIsRejectedWithTheKnownOnes() {
        for (String wish : List.of("maybe", "none", "ACCEPT")) { // an empty one is none, as everywhere in a query
            predict("?outliers=" + wish)
                    .then()
                    .statusCode(422)
                    .body("errors[0].pointer", equalTo("/outliers"))
                    .body("errors[0].detail", containsString("must be refuse, which is the default, or accept"));
        }
    }

    @Test
    void theOpenApiDocumentDescribesThePrediction() {
        JsonPath openApi = given().accept("application/json").get("/q/openapi").jsonPath();
        assertThat(openApi.getMap("components.schemas.Prediction.properties"))
                .containsOnlyKeys(
                        "prediction",
                        "probability",
                        "probabilities",
                        "prediction_set",
                        "outlier",
                        "best_guess",
                        "message",
                        "model");
        assertThat(openApi.getList("paths.'/api/v1/predict'.post.parameters.name"))
                .contains("outliers");
        assertThat(openApi.getList(
                        "paths.'/api/v1/predict'.post.parameters.find { it.name == 'outliers' }.schema.enum"))
                .containsExactly("refuse", "accept");
    }

    private static PredictReply.Answered judged(boolean outlier) {
        int[] set = outlier ? new int[0] : new int[] {8, 9};
        return new PredictReply.Answered(
                "DigitModel", 3, 8, PROBABILITIES, new PredictReply.Trust(set, outlier, 3.25, 2.5, null));
    }

    @Test
    void concurrentRequestsGetTheirOwnReplies() throws Exception {
        // the reply depends on the content of this request
        try (FakePredictor predictor = new FakePredictor(
                kafka,
                request -> new PredictReply.Answered(
                        "DigitModel", NumberedPng.mark(request.value()), 8, PROBABILITIES, null))) {
            assertThat(predictor.isAlive()).isTrue();
            IntStream.range(1, 60).parallel().forEach(i -> {
                given().contentType("image/png")
                        .body(NumberedPng.of(png, i))
                        .post("/api/v1/predict")
                        .then()
                        .statusCode(200)
                        .body("model.version", equalTo(i));
            });
        }
    }

    @Test
    void anExplanationHasTheImageAsPngAndAMap() throws Exception {
        byte[] image = new byte[28 * 28];
        image[3] = 9;
        float[][] occlusion = new float[28][28];
        occlusion[2][5] = 0.5f;
        PredictReply.Answered answered = new PredictReply.Answered("DigitModel", 3, 8, PROBABILITIES, null);
        try (FakePredictor predictor =
                new FakePredictor(kafka, request -> new PredictReply.Explained(answered, image, occlusion))) {
            JsonPath answer = given().contentType("image/png")
                    .body(png)
                    .post("/api/v1/predict?explain=true")
                    .then()
                    .statusCode(200)
                    .body("prediction", equalTo(8))
                    .body("model.version", equalTo(3))
                    .body("explanation.occlusion", hasSize(28))
                    .body("explanation.occlusion[2][5]", equalTo(0.5f))
                    .extract()
                    .jsonPath();
            String[] uri = answer.getString("explanation.picture").split(",");
            assertThat(uri[0]).isEqualTo("data:image/png;base64");
            assertThat(Base64.getDecoder().decode(uri[1])).isEqualTo(PngWriter.grey(28, 28, image));
            assertThat(predictor.header(PredictHeaders.REQUESTED_OUTPUT)).isEqualTo("explanation");
        }
    }

    @Test
    void aPredictionHasNoExplanationUnlessRequested() throws Exception {
        try (FakePredictor predictor = new FakePredictor(
                kafka, request -> new PredictReply.Answered("DigitModel", 3, 8, PROBABILITIES, null))) {
            predict().then().body("$", not(hasKey("explanation")));
            assertThat(predictor.header(PredictHeaders.REQUESTED_OUTPUT)).isEqualTo("prediction");
        }
        given().contentType("image/png")
                .body(png)
                .post("/api/v1/predict?explain=yes")
                .then()
                .statusCode(422)
                .body("errors[0].pointer", equalTo("?explain"));
    }

    @Test
    void aPreviewIsTheImageThatTheModelWouldSee() throws Exception {
        byte[] image = new byte[28 * 28];
        image[3] = 9;
        try (FakePredictor predictor = new FakePredictor(kafka, request -> new PredictReply.InputImage(image))) {
            byte[] body = given().contentType("image/png")
                    .body(png)
                    .post("/api/v1/predict/preview")
                    .then()
                    .statusCode(200)
                    .contentType("image/png")
                    .extract()
                    .asByteArray();
            assertThat(body).isEqualTo(PngWriter.grey(28, 28, image));
            assertThat(predictor.header(PredictHeaders.REQUESTED_OUTPUT)).isEqualTo("picture");
            given().multiPart("image", "8.png", png, "image/png")
                    .post("/api/v1/predict/preview")
                    .then()
                    .statusCode(200)
                    .contentType("image/png");
        }
        try (FakePredictor predictor =
                new FakePredictor(kafka, request -> new PredictReply.Rejected("The PNG is damaged."))) {
            given().contentType("image/png")
                    .body(png)
                    .post("/api/v1/predict/preview")
                    .then()
                    .statusCode(422)
                    .contentType("application/problem+json");
            assertThat(predictor.last()).isNotNull();
        }
    }

    @Test
    void anIncompletePngIsRejectedByTheGateway() throws Exception {
        byte[] zip = Arrays.copyOf(png, png.length + 30);
        byte[] damaged = png.clone();
        damaged[png.length / 2] ^= 1;
        byte[] huge = png.clone();
        System.arraycopy(PngBuilder.header(5000, 5000, 8, 0, 0), 0, huge, 8, 25);
        try (FakePredictor predictor = new FakePredictor(
                kafka, request -> new PredictReply.Answered("DigitModel", 3, 8, PROBABILITIES, null))) {
            Map<byte[], String> files = Map.of(
                    zip,
                    "followed by 30 bytes",
                    damaged,
                    "CRC of the chunk",
                    Arrays.copyOf(png, 40),
                    "cut off",
                    huge,
                    "5000×5000 pixels");
            files.forEach((file, why) -> given().contentType("image/png")
                    .body(file)
                    .post("/api/v1/predict")
                    .then()
                    .statusCode(422)
                    .contentType("application/problem+json")
                    .body("errors[0].pointer", equalTo("/image"))
                    .body("errors[0].detail", containsString(why)));
            predict().then().statusCode(200);
            assertThat(predictor.last().value()).isEqualTo(png);
            assertThat(predictor.count()).isEqualTo(1);
        }
    }

    /** A body over 8 MB cannot be an image just above the limit, so it is refused unread. */
    @Test
    void aTooLargeBodyIsRejectedByItsContentLength() {
        given().contentType("image/png")
                .body(new byte[9 * 1024 * 1024])
                .post("/api/v1/predict")
                .then()
                .statusCode(413)
                .contentType("application/problem+json")
                .header("Connection", "close")
                .body("detail", containsString("this path accepts at most 8388608"));
    }

    @Test
    void aRejectionByThePredictorIsAProblem() throws Exception {
        try (FakePredictor predictor = new FakePredictor(
                kafka, request -> new PredictReply.Unavailable(PredictReply.Reason.NO_ACTIVE_MODEL, "none"))) {
            predict().then().statusCode(503).body("detail", containsString("POST /api/v1/train"));
            assertThat(predictor.last()).isNotNull();
        }
        try (FakePredictor predictor =
                new FakePredictor(kafka, request -> new PredictReply.Rejected("The PNG is damaged."))) {
            predict().then().statusCode(422).body("errors[0].detail", equalTo("The PNG is damaged."));
            assertThat(predictor.last()).isNotNull();
        }
    }

    @Test
    void aMissingReplyIsATimeout() {
        predict().then().statusCode(504).body("detail", containsString("in time"));
    }

    @Test
    void theTimeoutOfTheClientShortensTheWaitAndReachesThePredictor() throws Exception {
        try (FakePredictor predictor = new FakePredictor(kafka, request -> null)) {
            long before = System.currentTimeMillis();
            predictWithin("Request-Timeout", "0.3").then().statusCode(504).body("detail", containsString("in time"));
            predictor.awaitCount(1);
            long deadline = Long.parseLong(predictor.header(PredictHeaders.DEADLINE));
            assertThat(deadline - before).isBetween(300L, 1_900L);
            assertThat(predictor.header(PredictHeaders.CONTENT_TYPE)).isEqualTo("image/png");
            predictWithin("X-Envoy-Expected-Rq-Timeout-Ms", "200").then().statusCode(504);
            given().contentType("image/png")
                    .header("Request-Timeout", "0.3")
                    .body(png)
                    .post("/api/v1/predict/preview")
                    .then()
                    .statusCode(504);
            assertThat(Long.parseLong(predictor.header(PredictHeaders.DEADLINE)) - System.currentTimeMillis())
                    .as("of the preview")
                    .isLessThan(300);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "soon", "0.0001", "1e3", "NaN", "99999999", "1,5"})
    void anInvalidTimeoutIsReported(String limit) {
        predictWithin("Request-Timeout", limit)
                .then()
                .statusCode(422)
                .body("errors[0].pointer", equalTo("Request-Timeout"));
    }

    private Response predictWithin(String header, String limit) {
        return given().contentType("image/png").header(header, limit).body(png).post("/api/v1/predict");
    }

    private Response predict() {
        return predict("");
    }

    private Response predict(String query) {
        return given().contentType("image/png").body(png).post("/api/v1/predict" + query);
    }
}
