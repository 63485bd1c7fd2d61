package dev.trainyard.gateway;

import static io.restassured.RestAssured.get;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;

import dev.trainyard.message.PredictHeaders;
import dev.trainyard.message.PredictReply;
import dev.trainyard.message.Topics;
import dev.trainyard.message.Versioned;
import dev.trainyard.message.WireJson;
import dev.trainyard.standalone.testing.PlatformResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A picture's way to the predictors and back; the test plays the predictor. */
@QuarkusTest
@QuarkusTestResource(PlatformResource.class)
@TestProfile(PredictFlowTest.ShortTimeout.class)
class PredictFlowTest {
    public static class ShortTimeout implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("trainyard.predict.timeout", "2s");
        }
    }

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
    void theAnswerOfThePredictorIsTheAnswer() throws Exception {
        try (Predictor predictor =
                new Predictor(request -> new PredictReply.Answered("DigitModel", 3, 8, PROBABILITIES, null))) {
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
            assertThat(predictor.last.value()).isEqualTo(png);
        }
    }

    @Test
    void whatIsKnownOfTheAnswersTrustIsSaidWithIt() throws Exception {
        try (Predictor predictor = new Predictor(request -> judged(false))) {
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
            assertThat(predictor.last).isNotNull();
        }
        try (Predictor predictor =
                new Predictor(request -> new PredictReply.Answered("DigitModel", 3, 8, PROBABILITIES, null))) {
            assertThat(predict().jsonPath().getMap("$"))
                    .as("of a model that is older than trust packs")
                    .containsEntry("prediction", 8)
                    .containsEntry("outlier", null)
                    .containsEntry("prediction_set", null);
            assertThat(predictor.last).isNotNull();
        }
    }

    @Test
    void anOutlierHasNoPredictionUnlessTheRequestAcceptsIt() throws Exception {
        try (Predictor predictor = new Predictor(request -> judged(true))) {
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
                    .body("message", nullValue())
                    .body("prediction_set", empty())
                    .body("outlier.is_outlier", equalTo(true));
            given().multiPart("image", "8.png", png, "image/png")
                    .post("/api/v1/predict?outliers=accept")
                    .then()
                    .statusCode(200)
                    .body("prediction", equalTo(8));
            assertThat(predictor.last).isNotNull();
        }
    }

    @Test
    void anUnknownWishForOutliersSaysWhatThereIs() {
        for (String wish : List.of("maybe", "", "ACCEPT")) {
            predict("?outliers=" + wish)
                    .then()
                    .statusCode(422)
                    .body("errors[0].pointer", equalTo("/outliers"))
                    .body("errors[0].detail", containsString("must be refuse, which is the default, or accept"));
        }
    }

    @Test
    void theDescriptionOfTheApiSaysWhatAnAnswerHolds() {
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
                "DigitModel", 3, 8, PROBABILITIES, new PredictReply.Trust(set, outlier, 3.25, 2.5));
    }

    @Test
    void eachOfManyAtOnceGetsItsOwnAnswer() throws Exception {
        // the predictor answers with what only this request holds
        try (Predictor predictor = new Predictor(request -> new PredictReply.Answered(
                "DigitModel", request.value()[request.value().length - 1], 8, PROBABILITIES, null))) {
            assertThat(predictor.thread.isAlive()).isTrue();
            IntStream.range(1, 60).parallel().forEach(i -> {
                byte[] marked = java.util.Arrays.copyOf(png, png.length + 1);
                marked[png.length] = (byte) i;
                given().contentType("image/png")
                        .body(marked)
                        .post("/api/v1/predict")
                        .then()
                        .statusCode(200)
                        .body("model.version", equalTo(i));
            });
        }
    }

    @Test
    void whatThePredictorCannotDoIsSaidPlainly() throws Exception {
        try (Predictor predictor =
                new Predictor(request -> new PredictReply.Unavailable(PredictReply.Reason.NO_ACTIVE_MODEL, "none"))) {
            predict().then().statusCode(503).body("detail", containsString("POST /api/v1/train"));
            assertThat(predictor.last).isNotNull();
        }
        try (Predictor predictor = new Predictor(request -> new PredictReply.Rejected("The PNG is damaged."))) {
            predict().then().statusCode(422).body("errors[0].detail", equalTo("The PNG is damaged."));
            assertThat(predictor.last).isNotNull();
        }
    }

    @Test
    void silenceIsATimeout() {
        predict().then().statusCode(504).body("detail", containsString("in time"));
    }

    private Response predict() {
        return predict("");
    }

    private Response predict(String query) {
        return given().contentType("image/png").body(png).post("/api/v1/predict" + query);
    }

    /** Answers every new request with what {@code answer} makes of it. */
    private final class Predictor implements AutoCloseable {
        private final KafkaConsumer<byte[], byte[]> requests =
                new KafkaConsumer<>(broker(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
        private final KafkaProducer<byte[], byte[]> replies =
                new KafkaProducer<>(broker(), new ByteArraySerializer(), new ByteArraySerializer());
        private final Thread thread;
        private volatile ConsumerRecord<byte[], byte[]> last;
        private volatile boolean closed;

        Predictor(Function<ConsumerRecord<byte[], byte[]>, PredictReply.Outcome> answer) {
            List<TopicPartition> partitions = requests.partitionsFor(Topics.PREDICT_REQUESTS).stream()
                    .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                    .toList();
            requests.assign(partitions);
            requests.seekToEnd(partitions);
            partitions.forEach(requests::position);
            thread = new Thread(() -> {
                while (!closed) {
                    for (ConsumerRecord<byte[], byte[]> request : requests.poll(Duration.ofMillis(100))) {
                        last = request;
                        reply(request, answer.apply(request));
                    }
                }
            });
            thread.start();
        }

        private void reply(ConsumerRecord<byte[], byte[]> request, PredictReply.Outcome outcome) {
            int partition = Integer.parseInt(text(request, PredictHeaders.REPLY_PARTITION));
            ProducerRecord<byte[], byte[]> reply = new ProducerRecord<>(
                    Topics.PREDICT_REPLIES,
                    partition,
                    null,
                    WireJson.write(new PredictReply(Versioned.CURRENT, outcome)));
            reply.headers().add(request.headers().lastHeader(PredictHeaders.ID));
            replies.send(reply);
        }

        private String text(ConsumerRecord<byte[], byte[]> request, String header) {
            return new String(request.headers().lastHeader(header).value(), StandardCharsets.UTF_8);
        }

        private Map<String, Object> broker() {
            return Map.of("bootstrap.servers", kafka.get("bootstrap.servers"), "linger.ms", "0");
        }

        @Override
        public void close() throws InterruptedException {
            closed = true;
            thread.join();
            requests.close();
            replies.close();
        }
    }
}
