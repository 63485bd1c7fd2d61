package dev.trainyard.gateway;

import static io.restassured.RestAssured.get;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.trainyard.standalone.testing.PlatformResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Malformed bodies and content types get a client error from every operation, never 500. */
@Tag("full")
@QuarkusTest
@QuarkusTestResource(PlatformResource.class)
@TestProfile(OperatorProfile.class)
class MalformedBodiesTest {
    private static final long SEED = 15;
    private static final int CASES = 40;
    private static final String PART =
            "--XX\r\nContent-Disposition: form-data; name=\"image\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\nabc";
    private static final List<String> TYPES = List.of(
            "image",
            "/",
            ",",
            "",
            ";",
            "image/",
            "/png",
            "image/png, image/png",
            "image/png; charset=nonsense",
            "image/png; charset=",
            "application/json; charset=\u00e9",
            "application/json;;;",
            "multipart/form-data",
            "multipart/form-data; boundary=",
            "multipart/form-data; boundary=\"\"",
            "multipart/form-data; boundary=\"XX",
            "multipart/form-data; boundary=YY",
            "multipart/form-data; boundary=XX; charset=nonsense",
            "multipart/form-data; boundary=" + "b".repeat(200),
            "multipart/form-data; boundary=\u00e9\u00e9",
            "multipart/mixed; boundary=XX",
            "multipart/form-data; boundary=XX",
            "*/*",
            "text/plain",
            "application/zip",
            "image/png",
            "application/json",
            "application/x-www-form-urlencoded");
    private static final List<String> BODIES = List.of(
            "",
            PART,
            PART + "\r\n--XX--",
            "--XX--",
            "--XX\r\n\r\n\r\n--XX--",
            "--XX\r\nContent-Disposition: form-data; name=\"other\"\r\n\r\nx\r\n--XX--",
            "--XX\r\nContent-Disposition: form-data; name=\"image\"\r\nContent-Type: text/plain; charset=nonsense\r\n\r\nx\r\n--XX--",
            "--XX\r\nContent-Disposition: form-data; name=\"name\"\r\nContent-Type: text/plain; charset=nonsense\r\n\r\nx\r\n"
                    + PART.replace("\"image\"", "\"model\"") + "\r\n--XX--",
            "--XX\r\nContent-Disposition: form-data; name=\"n\u00e9\"; filename*=utf-8''%zz.png\r\n\r\nx\r\n--XX--",
            "--XX\r\nX-Long: " + "l".repeat(20_000) + "\r\n\r\nx\r\n--XX--",
            "--XX\r\nContent-Type: multipart/mixed; boundary=YY\r\n\r\n--YY\r\n\r\nx\r\n--YY--\r\n--XX--",
            "--XX\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: form-data; name=\"image\"; filename=\"a\"\r\n\r\n!!\r\n--XX--",
            "--XX\r\nContent-Disposition: \r\n\r\nx\r\n--XX--",
            "--XX\r\n: \r\n\r\nx\r\n--XX--",
            "--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\r\n".repeat(2_000) + "--XX--",
            "{",
            "null",
            "[]",
            "\"text\"",
            "{\"version\":1e999}",
            "a=b&c=%zz");

    @TestHTTPResource
    URI gateway;

    private record Response(int status, String head, String body) {}

    @Test
    void noBodyOrMediaTypeCausesAServerError() throws Exception {
        await().atMost(Duration.ofSeconds(20))
                .until(() -> get("/q/health/ready").statusCode() == 200);
        Random random = new Random(SEED);
        List<String> bad = new ArrayList<>();
        int asked = 0;
        for (String operation : operations()) {
            for (int i = 0; i < CASES; i++) {
                List<String> types = new ArrayList<>(List.of(any(random, TYPES)));
                if (random.nextInt(8) == 0) {
                    types.add(any(random, TYPES));
                }
                byte[] body = mangled(any(random, BODIES), random);
                Response answer = ask(operation, types, body);
                asked++;
                boolean problem = answer.status() < 400
                        || answer.head().toLowerCase(Locale.ROOT).contains("content-type: application/");
                if (answer.status() == 500 || answer.status() == 0 || !problem) {
                    bad.add("%s %s %s -> %s %s"
                            .formatted(
                                    operation,
                                    types,
                                    new String(body, 0, Math.min(60, body.length), ISO_8859_1),
                                    answer.status(),
                                    answer.body()));
                }
            }
        }
        assertThat(asked).isGreaterThan(400);
        assertThat(bad).isEmpty();
    }

    @Test
    void truncatedAndEmptyFormsAreClientErrors() throws Exception {
        for (String path :
                List.of("/api/v1/predict", "/api/v1/predict/preview", "/api/v1/predict/batch", "/api/v1/models")) {
            for (String body : List.of(PART, "")) {
                Response answer =
                        ask("POST " + path, List.of("multipart/form-data; boundary=XX"), body.getBytes(UTF_8));
                assertThat(answer.status()).as(path).isIn(400, 422);
                assertThat(answer.body()).contains("\"request_id\"");
            }
        }
    }

    @Test
    void otherMediaTypesThanImagesAreUnsupported() throws Exception {
        byte[] png = Files.readAllBytes(Path.of("../example/8.png"));
        for (String type : List.of("image", "/", ",", "image/png, image/png", "image/png; charset=nonsense")) {
            Response answer = ask("POST /api/v1/predict", List.of(type), png);
            assertThat(answer.status()).as(type).isEqualTo(415);
            assertThat(answer.body()).contains("\"request_id\"");
        }
        assertThat(ask("POST /api/v1/predict", List.of("image/png", "image/png"), png)
                        .status())
                .isEqualTo(415);
    }

    private static List<String> operations() throws IOException {
        List<String> operations = new ArrayList<>();
        JsonNode api = new ObjectMapper().readTree(get("/q/openapi?format=json").asByteArray());
        api.path("paths").fields().forEachRemaining(path -> path.getValue()
                .fieldNames()
                .forEachRemaining(method -> operations.add("%s %s"
                        .formatted(
                                method.toUpperCase(Locale.ROOT),
                                path.getKey()
                                        .replace("{name}", "NoModel")
                                        .replace("{version}", "7")
                                        .replaceAll("\\{[^}]*}", "00000000-0000-0000-0000-000000000000")))));
        operations.removeIf(operation -> operation.endsWith("/events")); // answered for as long as the client wants
        assertThat(operations).hasSizeGreaterThan(15);
        return operations;
    }

    private static String any(Random random, List<String> values) {
        return values.get(random.nextInt(values.size()));
    }

    /** The body unchanged, truncated, or with one changed byte. */
    private static byte[] mangled(String text, Random random) {
        byte[] bytes = text.getBytes(UTF_8);
        return switch (random.nextInt(3)) {
            case 0 -> bytes;
            case 1 -> java.util.Arrays.copyOf(bytes, bytes.length == 0 ? 0 : random.nextInt(bytes.length));
            default -> {
                if (bytes.length > 0) {
                    bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
                }
                yield bytes;
            }
        };
    }

    private Response ask(String operation, List<String> types, byte[] body) throws IOException {
        StringBuilder head = new StringBuilder(operation + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                + "Authorization: Bearer " + OperatorProfile.TOKEN + "\r\nContent-Length: " + body.length + "\r\n");
        types.forEach(type -> head.append("Content-Type: ").append(type).append("\r\n"));
        try (Socket socket = new Socket("127.0.0.1", gateway.getPort())) {
            socket.setSoTimeout(20_000);
            ByteArrayOutputStream request = new ByteArrayOutputStream();
            request.writeBytes(head.append("\r\n").toString().getBytes(ISO_8859_1));
            request.writeBytes(body);
            socket.getOutputStream().write(request.toByteArray());
            String answer = new String(socket.getInputStream().readAllBytes(), UTF_8);
            int end = Math.max(0, answer.indexOf("\r\n\r\n"));
            int status = answer.matches("(?s)HTTP/1.1 [0-9]{3}.*") ? Integer.parseInt(answer.substring(9, 12)) : 0;
            return new Response(status, answer.substring(0, end), answer.substring(end));
        }
    }
}
