package dev.trainyard.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Model imports from the upload to a prediction, with all real processes. */
@Tag("full")
class ImportsIT {
    private static final Path FILES = Path.of("../trainer-worker/src/test/resources/imported");
    private static final String TOKEN = "it-is-a-test";
    private static final String BOUNDARY = "----------------of-a-test";

    @TempDir
    static Path dataDir;

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static Launcher launcher;
    private static String url;

    @BeforeAll
    static void start() throws Exception {
        launcher = Launcher.up(dataDir, Map.of("TRAINYARD_ADMIN_TOKEN", TOKEN));
        url = launcher.awaitReady();
    }

    @AfterAll
    static void stop() throws Exception {
        launcher.terminate();
    }

    @ParameterizedTest
    @CsvSource({"conv.onnx, conv.npz, OfOnnx", "listed.h5, listed.npz, OfKeras", "leaky001.h5, leaky001.npz, OfLeaky"})
    void anImportedFileBecomesAVersionThatAnswers(String file, String reference, String model) throws Exception {
        JsonNode ended = ended(submit(file, reference, model));

        assertThat(ended.path("status").asText()).as(ended.toString()).isEqualTo("success");
        byte[] png = Files.readAllBytes(Path.of("../example/8.png"));
        HttpResponse<String> answer = HTTP.send(
                HttpRequest.newBuilder(URI.create(url + "/api/v1/predict?model=" + model))
                        .header("Content-Type", "image/png")
                        .POST(HttpRequest.BodyPublishers.ofByteArray(png))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }

    @Test
    void aFileThatWouldCrashPredictorsIsRejected() throws Exception {
        long trainer = launcher.pid("trainer-1");
        long predictor = launcher.pid("predictor-1");

        JsonNode ended = ended(submit("divides-by-ink.onnx", null, "Bomb"));

        assertThat(ended.path("status").asText()).isEqualTo("failed");
        assertThat(ended.at("/error/code").asText()).isEqualTo("import_rejected");
        assertThat(ended.at("/error/message").asText()).contains("Operator Cast (node whole)");
        assertThat(launcher.pid("trainer-1")).isEqualTo(trainer);
        assertThat(launcher.pid("predictor-1")).isEqualTo(predictor);
    }

    private static String submit(String file, String reference, String model) throws Exception {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        part(body, "model\"; filename=\"" + file, Files.readAllBytes(FILES.resolve(file)));
        if (reference != null) {
            part(body, "reference\"; filename=\"" + reference, Files.readAllBytes(FILES.resolve(reference)));
        }
        part(body, "name", model.getBytes(StandardCharsets.UTF_8));
        body.write(("--" + BOUNDARY + "--\r\n").getBytes(StandardCharsets.US_ASCII));
        HttpResponse<String> accepted = HTTP.send(
                HttpRequest.newBuilder(URI.create(url + "/api/v1/models"))
                        .header("Authorization", "Bearer " + TOKEN)
                        .header("Content-Type", "multipart/form-data; boundary=" + BOUNDARY)
                        .POST(HttpRequest.BodyPublishers.ofByteArray(body.toByteArray()))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(accepted.statusCode()).as(accepted.body()).isEqualTo(202);
        return new ObjectMapper().readTree(accepted.body()).path("key").asText();
    }

    private static void part(ByteArrayOutputStream body, String name, byte[] content) throws IOException {
        String type = name.contains("filename") ? "application/octet-stream" : "text/plain";
        body.write("--%s\r\nContent-Disposition: form-data; name=\"%s\"\r\nContent-Type: %s\r\n\r\n"
                .formatted(BOUNDARY, name, type)
                .getBytes(StandardCharsets.UTF_8));
        body.write(content);
        body.write("\r\n".getBytes(StandardCharsets.US_ASCII));
    }

    private static JsonNode ended(String key) {
        ApiClient client = new ApiClient(url);
        return await().atMost(Duration.ofMinutes(8))
                .pollInterval(Duration.ofMillis(500))
                .until(() -> client.job(key), job -> job.path("status").asText().matches("success|failed|cancelled"));
    }
}
