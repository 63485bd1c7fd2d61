package dev.trainyard.gateway;

import static io.restassured.RestAssured.get;
import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;

import dev.trainyard.message.PredictHeaders;
import dev.trainyard.message.PredictReply;
import dev.trainyard.standalone.testing.PlatformResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import io.restassured.path.json.JsonPath;
import io.restassured.specification.RequestSpecification;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Inject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Batch predictions; the test simulates the predictor. */
@Tag("full")
@QuarkusTest
@QuarkusTestResource(PlatformResource.class)
@TestProfile(ShortTimesProfile.class)
class PredictBatchTest {
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
    void resultsAreInTheOrderOfTheFormAndAnInvalidImageFailsAlone() throws Exception {
        try (FakePredictor predictor = new FakePredictor(kafka, PredictBatchTest::byMark)) {
            JsonPath answer = given().multiPart("a", "one.png", marked(1), "image/png")
                    .multiPart("b", "two.png", marked(2), "image/png")
                    .multiPart("a", "three.txt", "no image".getBytes(), "text/plain")
                    .multiPart("note", "just a field")
                    .multiPart("b", "four.png", marked(66), "image/png")
                    .multiPart("a", "five.png", marked(5), "application/octet-stream")
                    .post("/api/v1/predict/batch")
                    .then()
                    .statusCode(200)
                    .extract()
                    .jsonPath();
            assertThat(answer.getList("items.name"))
                    .containsExactly("one.png", "two.png", "three.txt", "four.png", "five.png");
            assertThat(answer.getList("items.index")).containsExactly(0, 1, 2, 3, 4);
            assertThat(answer.getList("items.status"))
                    .containsExactly("succeeded", "succeeded", "failed", "failed", "succeeded");
            for (int index : new int[] {0, 1, 4}) {
                assertThat(answer.getInt("items[%d].result.model.version".formatted(index)))
                        .isEqualTo(index + 1);
            }
            assertThat(answer.getInt("items[2].problem.status")).isEqualTo(415);
            assertThat(answer.getInt("items[3].problem.status")).isEqualTo(422);
            assertThat(answer.getInt("count")).isEqualTo(5);
            assertThat(answer.getInt("succeeded")).isEqualTo(3);
            assertThat(answer.getInt("failed")).isEqualTo(2);
            assertThat(answer.getInt("skipped")).isEqualTo(1);
            assertThat(predictor.isAlive()).isTrue();
        }
    }

    @Test
    void aFullArchiveHasAResultForEachEntry() throws Exception {
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("digits/", new byte[0]);
        files.put("__MACOSX/digits/._0.png", new byte[] {1});
        for (int i = 0; i < 256; i++) {
            files.put("digits/%d.png".formatted(i), marked(i % 60));
        }
        try (FakePredictor predictor = new FakePredictor(kafka, PredictBatchTest::byMark)) {
            JsonPath answer = given().contentType("application/zip")
                    .body(zip(files))
                    .post("/api/v1/predict/batch")
                    .then()
                    .statusCode(200)
                    .body("succeeded", equalTo(256))
                    .body("skipped", equalTo(2))
                    .extract()
                    .jsonPath();
            for (int i = 0; i < 256; i++) {
                assertThat(answer.getString("items[%d].name".formatted(i))).isEqualTo("digits/%d.png".formatted(i));
                assertThat(answer.getInt("items[%d].result.model.version".formatted(i)))
                        .isEqualTo(i % 60);
            }
            assertThat(predictor.isAlive()).isTrue();
        }
    }

    @Test
    void requestOptionsApplyToEachImage() throws Exception {
        PredictReply.Trust outlier = new PredictReply.Trust(new int[0], true, 3.25, 2.5, null);
        try (FakePredictor predictor = new FakePredictor(
                kafka, request -> new PredictReply.Answered("DigitModel", 3, 8, PROBABILITIES, outlier))) {
            given().multiPart("a", "8.png", png, "image/png")
                    .post("/api/v1/predict/batch")
                    .then()
                    .body("items[0].result.prediction", nullValue())
                    .body("items[0].result.best_guess.prediction", equalTo(8));
            given().multiPart("a", "8.png", png, "image/png")
                    .post("/api/v1/predict/batch?outliers=accept&explain=true")
                    .then()
                    .body("items[0].result.prediction", equalTo(8));
            assertThat(predictor.header(PredictHeaders.REQUESTED_OUTPUT)).isEqualTo("explanation");
        }
    }

    @Test
    void onlyAnInvalidContainerFailsTheRequest() throws Exception {
        given().contentType("application/zip")
                .body("no archive".getBytes())
                .post("/api/v1/predict/batch")
                .then()
                .statusCode(422);
        given().contentType("multipart/form-data; boundary=x")
                .body("--x\r\nContent-Disposition: form-data; name=\"a\"; filename=\"a\"\r\n\r\ncut".getBytes())
                .post("/api/v1/predict/batch")
                .then()
                .statusCode(422);
        given().contentType("image/png")
                .body(png)
                .post("/api/v1/predict/batch")
                .then()
                .statusCode(415);
        RequestSpecification many = given();
        for (int i = 0; i < 257; i++) {
            many.multiPart("image", i + ".png", png, "image/png");
        }
        many.post("/api/v1/predict/batch").then().statusCode(413).contentType("application/problem+json");
    }

    /** Each announces 32 MB, more than half of the memory of all batches once inflated. */
    @Test
    void slowUploadsTakeNoCapacityFromOthers() throws Exception {
        List<Socket> slow = new ArrayList<>();
        try (FakePredictor predictor = new FakePredictor(kafka, PredictBatchTest::byMark)) {
            for (int i = 0; i < 4; i++) {
                Socket socket = new Socket("127.0.0.1", RestAssured.port);
                slow.add(socket);
                socket.getOutputStream()
                        .write(("POST /api/v1/predict/batch HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                                        + "Content-Type: application/zip\r\nContent-Length: 33554432\r\n\r\n")
                                .getBytes(US_ASCII));
                socket.getOutputStream().write(new byte[200_000]);
            }
            for (int i = 0; i < 10; i++) {
                given().multiPart("a", "one.png", marked(1), "image/png")
                        .multiPart("a", "zeros", new byte[1024 * 1024], "image/png")
                        .post("/api/v1/predict/batch")
                        .then()
                        .statusCode(200)
                        .body("succeeded", equalTo(1));
            }
            assertThat(predictor.isAlive()).isTrue();
        } finally {
            for (Socket socket : slow) {
                socket.close();
            }
        }
    }

    @Test
    void anImageOverFiveMegabytesFailsAloneAndMissingResultsAreTimeouts() throws Exception {
        try (FakePredictor predictor = new FakePredictor(kafka, request -> null)) {
            given().header("Request-Timeout", "0.3")
                    .multiPart("a", "large.png", Arrays.copyOf(png, 5 * 1024 * 1024 + 1), "image/png")
                    .multiPart("a", "8.png", png, "image/png")
                    .post("/api/v1/predict/batch")
                    .then()
                    .statusCode(200)
                    .body("items[0].problem.status", equalTo(413))
                    .body("items[1].problem.status", equalTo(504));
            predictor.awaitCount(1);
            assertThat(Long.parseLong(predictor.header(PredictHeaders.DEADLINE))
                            - predictor.last().timestamp())
                    .as("the client's limit reaches the predictor")
                    .isBetween(1L, 300L);
        }
    }

    private byte[] marked(int mark) {
        return NumberedPng.of(png, mark);
    }

    private static PredictReply.Outcome byMark(ConsumerRecord<byte[], byte[]> request) {
        int mark = NumberedPng.mark(request.value());
        return mark == 66
                ? new PredictReply.Rejected("The PNG is damaged.")
                : new PredictReply.Answered("DigitModel", mark, 8, PROBABILITIES, null);
    }

    private static byte[] zip(Map<String, byte[]> files) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                zip.putNextEntry(new ZipEntry(file.getKey()));
                zip.write(file.getValue());
                zip.closeEntry();
            }
        }
        return bytes.toByteArray();
    }
}
