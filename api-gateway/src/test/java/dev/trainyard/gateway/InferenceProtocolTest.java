package dev.trainyard.gateway;

import static io.restassured.RestAssured.get;
import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.nullValue;

import dev.trainyard.message.PredictHeaders;
import dev.trainyard.message.PredictReply;
import dev.trainyard.standalone.testing.PlatformResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.Response;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Inject;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The Open Inference Protocol as used by its clients; the test simulates the predictor. */
@Tag("full")
@QuarkusTest
@QuarkusTestResource(PlatformResource.class)
@TestProfile(ShortTimesProfile.class)
class InferenceProtocolTest {
    private static final String MODEL = "/v2/models/DigitModel";
    private static final String INFER = MODEL + "/infer";
    private static final int PIXELS = 784;

    @Inject
    @Identifier("default-kafka-broker")
    Map<String, Object> kafka;

    private FakePredictor predictor;

    @BeforeEach
    void startThePredictor() {
        await().atMost(Duration.ofSeconds(20))
                .until(() -> get("/q/health/ready").statusCode() == 200);
        predictor = new FakePredictor(kafka, InferenceProtocolTest::brightOfTheFirstTen);
    }

    @AfterEach
    void stopThePredictor() throws Exception {
        predictor.close();
    }

    @Test
    void theServerAndItsModelsDescribeThemselves() {
        get("/v2")
                .then()
                .statusCode(200)
                .body("name", equalTo("trainyard"))
                .body("extensions", hasItem("binary_tensor_data"));
        get("/v2/health/live").then().statusCode(200).body("live", equalTo(true));
        get("/v2/health/ready").then().statusCode(200).body("ready", equalTo(true));
        get(MODEL)
                .then()
                .statusCode(200)
                .body("name", equalTo("DigitModel"))
                .body("versions", equalTo(List.of("1")))
                .body("inputs[0].name", equalTo("image"))
                .body("inputs[0].datatype", equalTo("FP32"))
                .body("inputs[0].shape", equalTo(List.of(-1, 1, 28, 28)))
                .body("outputs.name", equalTo(List.of("probabilities", "prediction")))
                .body("outputs[0].shape", equalTo(List.of(-1, 10)));
        get(MODEL + "/versions/1").then().statusCode(200).body("versions", equalTo(List.of("1")));
        get(MODEL + "/ready").then().statusCode(200).body("ready", equalTo(true));
        get(MODEL + "/versions/1/ready").then().statusCode(200);
        get(MODEL + "/versions/2/ready").then().statusCode(404);
        get("/v2/models/Unknown/ready").then().statusCode(404).body("error", containsString("Unknown"));
        get("/v2/models/Unknown").then().statusCode(404).body("error", containsString("Unknown"));
        get("/v2/nothing")
                .then()
                .statusCode(404)
                .contentType("application/json")
                .body("error", containsString("/v2"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"2,1,28,28", "2,28,28", "2,784"})
    void tensorsOfEachShapeReachThePredictorAsTheyAre(String shape) {
        infer("""
                {"id": "42", "parameters": {"anything": 1}, "inputs": [
                  {"name": "image", "shape": [%s], "datatype": "FP32", "data": [%s, %s]}]}""".formatted(shape, image(3), image(7)))
                .then()
                .statusCode(200)
                .contentType("application/json")
                .body("id", equalTo("42"))
                .body("model_name", equalTo("DigitModel"))
                .body("model_version", equalTo("1"))
                .body("outputs[0].name", equalTo("probabilities"))
                .body("outputs[0].datatype", equalTo("FP32"))
                .body("outputs[0].shape", equalTo(List.of(2, 10)))
                .body("outputs[0].data", hasSize(20))
                .body("outputs[0].data[3]", equalTo(0.75f))
                .body("outputs[0].data[17]", equalTo(0.75f))
                .body("outputs[1].datatype", equalTo("INT64"))
                .body("outputs[1].data", equalTo(List.of(3, 7)));
        assertThat(predictor.header(PredictHeaders.CONTENT_TYPE)).isEqualTo(PredictHeaders.FLOAT32);
        assertThat(predictor.last().value()).hasSize(PIXELS * Float.BYTES);
    }

    @Test
    void onlyRequestedOutputsAreReturnedAndNestedDataIsAccepted() {
        String rows = String.join(",", Collections.nCopies(27, "[" + zeros(28) + "]"));
        infer("""
                {"outputs": [{"name": "prediction"}], "inputs": [{"data": [[[[0.5,0,0.75,%s],%s]]], "datatype": "FP32",
                  "shape": [1,1,28,28], "name": "image", "parameters": {"content_type": "np"}}]}""".formatted(zeros(25), rows))
                .then()
                .statusCode(200)
                .body("id", nullValue())
                .body("outputs", hasSize(1))
                .body("outputs[0].shape", equalTo(List.of(1)))
                .body("outputs[0].data", equalTo(List.of(2)));
    }

    @Test
    void nullFieldsCountAsAbsent() {
        infer("""
                {"id": null, "parameters": null, "outputs": null, "anything": null, "inputs": [
                  {"name": "image", "shape": [1,784], "datatype": "FP32", "parameters": null, "data": [%s]}]}""".formatted(image(4)))
                .then()
                .statusCode(200)
                .body("id", nullValue())
                .body("outputs", hasSize(2))
                .body("outputs[1].data", equalTo(List.of(4)));
        infer("""
                {"parameters": {"binary_data_output": null, "timeout": null},
                  "outputs": [{"name": "prediction", "parameters": {"binary_data": null, "classification": null}}],
                  "inputs": [{"name": "image", "shape": [1,784], "datatype": "FP32", "data": [%s],
                    "parameters": {"binary_data_size": null, "shared_memory_region": null}}]}""".formatted(image(4))).then().statusCode(200).body("outputs", hasSize(1));
        infer("{\"inputs\": null}").then().statusCode(400).body("error", containsString("inputs is required"));
    }

    /** The default of tritonclient: tensors as bytes after the JSON in request and response. */
    @Test
    void binaryTensorsAreAcceptedAndReturned() {
        int count = 256;
        ByteBuffer tensor = ByteBuffer.allocate(count * PIXELS * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            tensor.putFloat((i * PIXELS + i % 10) * Float.BYTES, 1);
        }
        byte[] json = """
                {"inputs":[{"name":"image","shape":[256,1,28,28],"datatype":"FP32",\
                "parameters":{"binary_data_size":%d}}],"parameters":{"binary_data_output":true}}""".formatted(tensor.capacity()).getBytes(UTF_8);
        Response answer = binary(json, tensor.array());
        answer.then().statusCode(200).contentType("application/octet-stream");
        byte[] body = answer.asByteArray();
        int header = Integer.parseInt(answer.header("Inference-Header-Content-Length"));
        String head = new String(body, 0, header, UTF_8);
        assertThat(head)
                .contains("\"binary_data_size\":10240", "\"binary_data_size\":2048")
                .doesNotContain("\"data\"");
        ByteBuffer outputs =
                ByteBuffer.wrap(body, header, body.length - header).slice().order(ByteOrder.LITTLE_ENDIAN);
        assertThat(outputs.remaining()).isEqualTo(10240 + 2048);
        for (int i = 0; i < count; i++) {
            assertThat(outputs.getFloat((i * 10 + i % 10) * Float.BYTES)).isEqualTo(0.75f);
            assertThat(outputs.getLong(10240 + i * Long.BYTES)).isEqualTo(i % 10);
        }
        binary(json, new byte[tensor.capacity() - 1]).then().statusCode(400).body("error", containsString("follow"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{                                                                             | not JSON",
                "[]                                                                            | object",
                "{}                                                                            | inputs",
                "{'inputs':[]}                                                                 | inputs",
                "{'inputs':[{'name':'x','shape':[1,784],'datatype':'FP32','data':[P]}]}        | unexpected inference input 'x'",
                "{'inputs':[{'name':'image','shape':[1,784],'datatype':'UINT8','data':[P]}]}   | expects 'FP32'",
                "{'inputs':[{'name':'image','shape':[784],'datatype':'FP32','data':[P]}]}      | has shape",
                "{'inputs':[{'name':'image','shape':[1,3,28,28],'datatype':'FP32','data':[P]}]}| has shape",
                "{'inputs':[{'name':'image','shape':[2,784],'datatype':'FP32','data':[P]}]}    | needs 1568",
                "{'inputs':[{'name':'image','shape':[-1,784],'datatype':'FP32','data':[P]}]}   | 1 to 256",
                "{'inputs':[{'name':'image','shape':[257,784],'datatype':'FP32','data':[P]}]}  | 1 to 256",
                "{'inputs':[{'name':'image','shape':[1,784],'datatype':'FP32'}]}               | either data",
                "{'inputs':[{'name':'image','shape':[1,784],'datatype':'FP32','data':['a']}]}  | numbers only",
                "{'inputs':[{'name':'image','shape':[1,784],'datatype':'FP32','data':[P]}],'outputs':[{'name':'y'}]} | output 'y'",
                "{'id':7,'inputs':[{'name':'image','shape':[1,784],'datatype':'FP32','data':[P]}]} | id must be a string",
                "{'inputs':[{'name':'image','shape':[1,784],'datatype':'FP32','data':[P]}]} x  | not JSON",
            })
    void errorsHaveTheFormatOfTheProtocol(String body, String sentence) {
        infer(body.replace('\'', '"').replace("[P]", "[" + image(1) + "]"))
                .then()
                .statusCode(400)
                .contentType("application/json")
                .body("error", containsString(sentence));
    }

    @Test
    void errorsHaveTheStatusCodesOfTheProtocol() throws Exception {
        String request = """
                {"inputs":[{"name":"image","shape":[1,784],"datatype":"FP32","data":[%s]}]}""".formatted(image(1));
        given().body(request).post(MODEL + "/versions/1/infer").then().statusCode(200);
        given().body(request)
                .post(MODEL + "/versions/9/infer")
                .then()
                .statusCode(404)
                .body("error", containsString("9"));
        given().header("Content-Encoding", "br")
                .body(request)
                .post(INFER)
                .then()
                .statusCode(415)
                .body("error", containsString("br"));
        given().header("Inference-Header-Content-Length", "99999999")
                .body(request)
                .post(INFER)
                .then()
                .statusCode(400);
        predictor.close();
        given().header("Request-Timeout", "0.2")
                .body(request)
                .post(INFER)
                .then()
                .statusCode(504)
                .body("error", containsString("in time"));
        String impatient = request.replace("{\"inputs\"", "{\"parameters\":{\"timeout\":100000},\"inputs\"");
        given().body(impatient).post(INFER).then().statusCode(504);
        get(MODEL + "/ready").then().statusCode(503).body("ready", equalTo(false));
        predictor = new FakePredictor(
                kafka, asked -> new PredictReply.Unavailable(PredictReply.Reason.NO_ACTIVE_MODEL, "none"));
        given().body(request)
                .post("/v2/models/Unknown/infer")
                .then()
                .statusCode(404)
                .body("error", containsString("Unknown"));
        given().body(request).post(INFER).then().statusCode(503);
    }

    @Test
    void theTimeoutOfTheClientReachesThePredictor() throws Exception {
        String request = """
                {"inputs":[{"name":"image","shape":[1,784],"datatype":"FP32","data":[%s]}]}""".formatted(image(1));
        predictor.close();
        predictor = new FakePredictor(kafka, asked -> null);

        given().header("Request-Timeout", "0.3")
                .body(request)
                .post(INFER)
                .then()
                .statusCode(504);
        predictor.awaitCount(1);
        assertThat(millisLeft()).isBetween(1L, 300L);

        String impatient = request.replace("{\"inputs\"", "{\"parameters\":{\"timeout\":200000},\"inputs\"");
        given().header("Request-Timeout", "1")
                .body(impatient)
                .post(INFER)
                .then()
                .statusCode(504);
        predictor.awaitCount(2);
        assertThat(millisLeft()).isBetween(1L, 200L);

        given().header("Request-Timeout", "0.1")
                .body(impatient)
                .post(INFER)
                .then()
                .statusCode(504);
        predictor.awaitCount(3);
        assertThat(millisLeft()).isBetween(1L, 100L);
    }

    /** Remaining time of the client's timeout when the last request was sent. */
    private long millisLeft() {
        return Long.parseLong(predictor.header(PredictHeaders.DEADLINE))
                - predictor.last().timestamp();
    }

    @Test
    void allImagesOfARequestArePredictedByOneVersion() throws Exception {
        String request = """
                {"inputs":[{"name":"image","shape":[5,784],"datatype":"FP32","data":[%s]}]}""".formatted(String.join(",", Collections.nCopies(5, image(4))));
        AtomicInteger asks = new AtomicInteger();
        predictor.close();
        // version 2 was promoted while the third image was pending
        predictor = new FakePredictor(kafka, asked -> version(asks.incrementAndGet() <= 3 ? 1 : 2));
        infer(request)
                .then()
                .statusCode(200)
                .body("model_version", equalTo("2"))
                .body("outputs[1].data", equalTo(List.of(4, 4, 4, 4, 4)));
        assertThat(asks).as("all are requested again").hasValue(10);

        predictor.close();
        predictor = new FakePredictor(kafka, asked -> version(asks.incrementAndGet() % 2));
        infer(request).then().statusCode(503).body("error", containsString("changed during the request"));
    }

    private static PredictReply.Outcome version(int version) {
        float[] probabilities = new float[10];
        probabilities[4] = 1;
        return new PredictReply.Answered("DigitModel", version, 4, probabilities, null);
    }

    @Test
    void valuesThatOverflowAreRejectedByTheGateway() {
        infer("""
                {"inputs":[{"name":"image","shape":[1,784],"datatype":"FP32","data":[-1e38,%s]}]}""".formatted(zeros(PIXELS - 1)))
                .then()
                .statusCode(400)
                .body("error", containsString("value 0 of inference input 'image' is -1.0E38"));
        infer("""
                {"inputs":[{"name":"image","shape":[1,784],"datatype":"FP32","data":[1e39,%s]}]}""".formatted(zeros(PIXELS - 1)))
                .then()
                .statusCode(400)
                .body("error", containsString("value 0 of inference input 'image' is Infinity"));
        ByteBuffer tensor = ByteBuffer.allocate(PIXELS * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        tensor.putFloat(3 * Float.BYTES, Float.NaN);
        byte[] json = """
                {"inputs":[{"name":"image","shape":[1,784],"datatype":"FP32","parameters":{"binary_data_size":3136}}]}""".getBytes(UTF_8);
        binary(json, tensor.array())
                .then()
                .statusCode(400)
                .body("error", containsString("value 3 of inference input 'image' is NaN"));
        assertThat(predictor.last()).isNull();
    }

    private static Response infer(String body) {
        return given().contentType("application/json").body(body).post(INFER);
    }

    private static Response binary(byte[] json, byte[] tensor) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes(json);
        body.writeBytes(tensor);
        return given().contentType("application/octet-stream")
                .header("Inference-Header-Content-Length", json.length)
                .body(body.toByteArray())
                .post(INFER);
    }

    /** 784 values with one bright pixel among the first ten. */
    private static String image(int bright) {
        return (bright == 0 ? "" : zeros(bright) + ",") + "1," + zeros(PIXELS - 1 - bright);
    }

    private static String zeros(int count) {
        return String.join(",", Collections.nCopies(count, "0"));
    }

    private static PredictReply.Outcome brightOfTheFirstTen(ConsumerRecord<byte[], byte[]> request) {
        ByteBuffer values = ByteBuffer.wrap(request.value()).order(ByteOrder.LITTLE_ENDIAN);
        float[] probabilities = new float[10];
        int bright = 0;
        for (int i = 0; i < 10; i++) {
            bright = values.getFloat(i * Float.BYTES) > values.getFloat(bright * Float.BYTES) ? i : bright;
        }
        probabilities[bright] = 0.75f;
        return new PredictReply.Answered("DigitModel", 1, bright, probabilities, null);
    }
}
