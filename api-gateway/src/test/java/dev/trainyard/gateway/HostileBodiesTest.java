package dev.trainyard.gateway;

import static io.restassured.RestAssured.get;
import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.nullValue;

import dev.trainyard.message.PredictReply;
import dev.trainyard.standalone.testing.PlatformResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.config.DecoderConfig;
import io.restassured.config.EncoderConfig;
import io.restassured.specification.RequestSpecification;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Inject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies that are too large, too deeply nested, compressed, in another charset, or binary. */
@QuarkusTest
@QuarkusTestResource(PlatformResource.class)
class HostileBodiesTest {
    private static final String TRAIN = "/api/v1/train";
    private static final String VALID = """
            {"dataset":"MnistDataset","model":"DigitModel","network":"mlp","train_args":{"batch_size":32,"epochs":1}}""";
    private static final float[] PROBABILITIES = {0, 0, 0, 0, 0, 0, 0, 0, 0.75f, 0.25f};

    @Inject
    @Identifier("default-kafka-broker")
    Map<String, Object> kafka;

    @TestHTTPResource
    URI gateway;

    private byte[] png;

    @BeforeEach
    void awaitTheGateway() throws IOException {
        png = Files.readAllBytes(Path.of("../example/8.png"));
        await().atMost(Duration.ofSeconds(20))
                .until(() -> get("/q/health/ready").statusCode() == 200);
    }

    @Test
    void hundredsOfThousandsOfUnknownFieldsAreRefusedAtOnce() throws Exception {
        byte[] body = ("{"
                        + IntStream.range(0, 850_000)
                                .mapToObj(i -> "\"%s\":1".formatted(Integer.toString(i, Character.MAX_RADIX)))
                                .collect(Collectors.joining(","))
                        + "}")
                .getBytes(UTF_8);
        assertThat(body).hasSizeBetween(7_000_000, 7_900_000);
        long start = System.nanoTime();
        List<CompletableFuture<String>> four = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            four.add(CompletableFuture.supplyAsync(() -> firstLine("POST " + TRAIN, "application/json", body)));
        }
        for (CompletableFuture<String> one : four) {
            assertThat(one.get()).contains(" 413 ");
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
        json(VALID.getBytes(UTF_8)).post(TRAIN + "?dry_run=true").then().statusCode(200);
    }

    @Test
    void largeTensorsAreAcceptedButNotManyFields() {
        String fields =
                IntStream.range(0, 500_000).mapToObj("\"%d\":1"::formatted).collect(Collectors.joining(","));
        assertThat(firstLine(
                        "POST /v2/models/DigitModel/infer", "application/json", ("{" + fields + "}").getBytes(UTF_8)))
                .contains(" 413 ");
        assertThat(firstLine(
                        "POST /v2/models/DigitModel/infer",
                        "application/json",
                        ("{\"x\":{\"y\":{" + fields + "}}}").getBytes(UTF_8)))
                .contains(" 413 ");
    }

    @Test
    void atMostFiftyErrorsAreListedAndTheRestCounted() {
        String fields =
                IntStream.range(0, 1_000).mapToObj("\"f%d\":1"::formatted).collect(Collectors.joining(","));
        json(("{" + fields + "}").getBytes(UTF_8))
                .post(TRAIN)
                .then()
                .statusCode(422)
                .body("errors", hasSize(50))
                .body("more", org.hamcrest.Matchers.greaterThan(900));
        json("{\"a\":1}".getBytes(UTF_8)).post(TRAIN).then().statusCode(422).body("more", nullValue());
    }

    @Test
    void aLongNameIsNotRepeatedInFull() {
        String answer = json(("{\"" + "n".repeat(900) + "\":1}").getBytes(UTF_8))
                .post(TRAIN)
                .then()
                .statusCode(422)
                .extract()
                .asString();
        assertThat(answer).contains("n".repeat(64) + "…").doesNotContain("n".repeat(65));
        json(("{\"" + "n".repeat(100_000) + "\":1}").getBytes(UTF_8))
                .post(TRAIN)
                .then()
                .statusCode(413)
                .body("detail.length()", lessThan(300));
    }

    @Test
    void deeplyNestedJsonIsRefused() {
        json(("{\"a\":" + "[".repeat(60_000) + "]".repeat(60_000) + "}").getBytes(UTF_8))
                .post(TRAIN)
                .then()
                .statusCode(413);
        json("[1,".repeat(20_000).getBytes(UTF_8)).post(TRAIN).then().statusCode(413);
    }

    @Test
    void jsonIsUtf8WithOrWithoutAByteOrderMark() {
        json(join(new byte[] {(byte) 0xef, (byte) 0xbb, (byte) 0xbf}, VALID.getBytes(UTF_8)))
                .post(TRAIN + "?dry_run=true")
                .then()
                .statusCode(200);
        json(join("{\"dataset\":\"".getBytes(UTF_8), new byte[] {(byte) 0xc3, '"', '}'}))
                .post(TRAIN)
                .then()
                .statusCode(400)
                .body("detail", containsString("UTF-8"));
        json(VALID.getBytes(UTF_16LE)).post(TRAIN).then().statusCode(400);
        json(VALID.getBytes(UTF_16LE))
                .post("/v2/models/DigitModel/infer")
                .then()
                .statusCode(400);
        json(join("{\"id\":\"".getBytes(UTF_8), new byte[] {(byte) 0xff, '"', '}'}))
                .post("/v2/models/DigitModel/infer")
                .then()
                .statusCode(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ISO-8859-1", "utf-16", "nonsense", "\"\"", "€"})
    void otherCharsetsAreRejected(String charset) {
        assertThat(firstLine("POST " + TRAIN, "application/json; charset=" + charset, VALID.getBytes(UTF_8)))
                .contains(" 415 ");
    }

    @Test
    void onlyGzipContentEncodingIsAccepted() throws Exception {
        json(gzip(VALID.getBytes(UTF_8)))
                .header("Content-Encoding", "gzip")
                .post(TRAIN + "?dry_run=true")
                .then()
                .statusCode(200);
        try (FakePredictor predictor =
                new FakePredictor(kafka, asked -> new PredictReply.Answered("DigitModel", 3, 8, PROBABILITIES, null))) {
            binary("image/png", gzip(png))
                    .header("Content-Encoding", "gzip")
                    .post("/api/v1/predict")
                    .then()
                    .statusCode(200)
                    .body("prediction", equalTo(8));
            assertThat(predictor.last().value()).isEqualTo(png);
        }
        for (String other : List.of("br", "deflate", "gzip, gzip", "zstd")) {
            binary("image/png", png)
                    .header("Content-Encoding", other)
                    .post("/api/v1/predict")
                    .then()
                    .statusCode(415)
                    .header("Accept-Encoding", "gzip");
        }
    }

    @Test
    void invalidOrLargeGzipBodiesAreRefused() throws Exception {
        byte[] bomb = gzip(new byte[64 * 1024 * 1024]);
        for (String path : List.of(TRAIN, "/api/v1/predict", "/api/v1/predict/batch", "/v2/models/DigitModel/infer")) {
            String type =
                    path.equals(TRAIN) ? "application/json" : path.contains("v2") ? "application/json" : "image/png";
            binary(path.endsWith("batch") ? "application/zip" : type, bomb)
                    .header("Content-Encoding", "gzip")
                    .post(path)
                    .then()
                    .statusCode(413);
        }
        byte[] cut = Arrays.copyOf(gzip(png), 40);
        binary("image/png", cut)
                .header("Content-Encoding", "gzip")
                .post("/api/v1/predict")
                .then()
                .statusCode(400);
        binary("image/png", png)
                .header("Content-Encoding", "gzip")
                .post("/api/v1/predict")
                .then()
                .statusCode(400);
    }

    private static RequestSpecification json(byte[] body) {
        return binary("application/json", body);
    }

    /** Keeps the client from adding a charset to the content type or inflating the response. */
    private static RequestSpecification binary(String type, byte[] body) {
        return given().config(RestAssured.config()
                        .encoderConfig(EncoderConfig.encoderConfig()
                                .appendDefaultContentCharsetToContentTypeIfUndefined(false))
                        .decoderConfig(DecoderConfig.decoderConfig().noContentDecoders()))
                .contentType(type)
                .body(body);
    }

    /** Returns the response to {@code request}, which is sent unchanged. */
    private String firstLine(String line, String type, byte[] body) {
        try (Socket socket = new Socket("127.0.0.1", gateway.getPort())) {
            socket.setSoTimeout(30_000);
            String head = "%s HTTP/1.1\r\nHost: localhost\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n"
                    .formatted(line, type, body.length);
            socket.getOutputStream().write(join(head.getBytes(UTF_8), body));
            InputStream in = socket.getInputStream();
            StringBuilder first = new StringBuilder();
            for (int next = in.read(); next >= 0 && next != '\r'; next = in.read()) {
                first.append((char) next);
            }
            return first.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] join(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        }
        return out.toByteArray();
    }
}
