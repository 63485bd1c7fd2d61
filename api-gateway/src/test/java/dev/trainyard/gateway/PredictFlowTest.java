package dev.trainyard.gateway;

import static io.restassured.RestAssured.get;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.not;

import dev.trainyard.image.PngWriter;
import dev.trainyard.image.testing.PngBuilder;
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
import java.util.Arrays;
import java.util.Base64;
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
                new Predictor(request -> new PredictReply.Answered("DigitModel", 3, 8, PROBABILITIES))) {
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
    void eachOfManyAtOnceGetsItsOwnAnswer() throws Exception {
        // the predictor answers with what only this request holds
        try (Predictor predictor = new Predictor(request -> new PredictReply.Answered(
                "DigitModel", markOf(request.value()), 8, PROBABILITIES))) {
            assertThat(predictor.thread.isAlive()).isTrue();
            IntStream.range(1, 60).parallel().forEach(i -> {
                given().contentType("image/png")
                        .body(marked(i))
                        .post("/api/v1/predict")
                        .then()
                        .statusCode(200)
                        .body("model.version", equalTo(i));
            });
        }
    }

    private static byte[] marked(int mark) {
        return PngBuilder.grey(1, 1, new byte[] {(byte) mark}).build();
    }

    private static int markOf(byte[] marked) {
        for (int mark = 0; mark < 256; mark++) {
            if (Arrays.equals(marked, marked(mark))) {
                return mark;
            }
        }
        throw new AssertionError("no picture of this test");
    }

    @Test
    void anExplanationHasThePictureAsPngAndAMap() throws Exception {
        byte[] picture = new byte[28 * 28];
        picture[3] = 9;
        float[][] occlusion = new float[28][28];
        occlusion[2][5] = 0.5f;
        PredictReply.Answered answered = new PredictReply.Answered("DigitModel", 3, 8, PROBABILITIES);
        try (Predictor predictor =
                new Predictor(request -> new PredictReply.Explained(answered, picture, occlusion))) {
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
            assertThat(Base64.getDecoder().decode(uri[1])).isEqualTo(PngWriter.grey(28, 28, picture));
            assertThat(text(predictor.last, PredictHeaders.WANT)).isEqualTo("explanation");
        }
    }

    @Test
    void aPlainAnswerHasNoExplanation() throws Exception {
        try (Predictor predictor =
                new Predictor(request -> new PredictReply.Answered("DigitModel", 3, 8, PROBABILITIES))) {
            predict().then().body("$", not(hasKey("explanation")));
            assertThat(text(predictor.last, PredictHeaders.WANT)).isEqualTo("prediction");
        }
        given().contentType("image/png")
                .body(png)
                .post("/api/v1/predict?explain=yes")
                .then()
                .statusCode(422)
                .body("errors[0].pointer", equalTo("?explain"));
    }

    @Test
    void aPreviewIsThePictureThatTheModelWouldSee() throws Exception {
        byte[] picture = new byte[28 * 28];
        picture[3] = 9;
        try (Predictor predictor = new Predictor(request -> new PredictReply.Pictured(picture))) {
            byte[] body = given().contentType("image/png")
                    .body(png)
                    .post("/api/v1/predict/preview")
                    .then()
                    .statusCode(200)
                    .contentType("image/png")
                    .extract()
                    .asByteArray();
            assertThat(body).isEqualTo(PngWriter.grey(28, 28, picture));
            assertThat(text(predictor.last, PredictHeaders.WANT)).isEqualTo("picture");
            given().multiPart("image", "8.png", png, "image/png")
                    .post("/api/v1/predict/preview")
                    .then()
                    .statusCode(200)
                    .contentType("image/png");
        }
        try (Predictor predictor = new Predictor(request -> new PredictReply.Rejected("The PNG is damaged."))) {
            given().contentType("image/png")
                    .body(png)
                    .post("/api/v1/predict/preview")
                    .then()
                    .statusCode(422)
                    .contentType("application/problem+json");
            assertThat(predictor.last).isNotNull();
        }
    }

    @Test
    void whatIsNoWholePngNeverReachesAPredictor() throws Exception {
        byte[] zip = Arrays.copyOf(png, png.length + 30);
        byte[] damaged = png.clone();
        damaged[png.length / 2] ^= 1;
        byte[] huge = png.clone();
        System.arraycopy(PngBuilder.header(5000, 5000, 8, 0, 0), 0, huge, 8, 25);
        try (Predictor predictor = new Predictor(
                request -> new PredictReply.Answered("DigitModel", 3, 8, PROBABILITIES))) {
            Map<byte[], String> files = Map.of(
                    zip, "followed by 30 bytes",
                    damaged, "CRC of the chunk",
                    Arrays.copyOf(png, 40), "cut off",
                    huge, "5000×5000 pixels");
            files.forEach((file, why) -> given().contentType("image/png")
                    .body(file)
                    .post("/api/v1/predict")
                    .then()
                    .statusCode(422)
                    .contentType("application/problem+json")
                    .body("errors[0].pointer", equalTo("/image"))
                    .body("errors[0].detail", containsString(why)));
            predict().then().statusCode(200);
            assertThat(predictor.last.value()).isEqualTo(png);
            assertThat(predictor.count).isEqualTo(1);
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

    private static String text(ConsumerRecord<byte[], byte[]> request, String header) {
        return new String(request.headers().lastHeader(header).value(), StandardCharsets.UTF_8);
    }

    private Response predict() {
        return given().contentType("image/png").body(png).post("/api/v1/predict");
    }

    /** Answers every new request with what {@code answer} makes of it. */
    private final class Predictor implements AutoCloseable {
        private final KafkaConsumer<byte[], byte[]> requests =
                new KafkaConsumer<>(broker(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
        private final KafkaProducer<byte[], byte[]> replies =
                new KafkaProducer<>(broker(), new ByteArraySerializer(), new ByteArraySerializer());
        private final Thread thread;
        private volatile ConsumerRecord<byte[], byte[]> last;
        private volatile int count;
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
                        count++;
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
