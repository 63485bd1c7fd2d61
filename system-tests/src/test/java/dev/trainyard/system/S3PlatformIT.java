package dev.trainyard.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.artifact.ArtifactListing.Stored;
import dev.trainyard.artifact.StoredFiles;
import dev.trainyard.artifact.s3.S3MockServer;
import dev.trainyard.system.chaos.ChaosClient;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** A platform whose artifacts are in S3 only. */
@Tag("soak")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class S3PlatformIT {
    private static final Duration TRAINING = Duration.ofMinutes(5);
    private static final int EPOCHS = 4;

    @TempDir
    static Path folder;

    private static S3MockServer storage;
    private static Launcher launcher;
    private static ChaosClient client;

    @BeforeAll
    static void start() throws Exception {
        storage = S3MockServer.start(folder.resolve("s3"));
        Map<String, String> settings = new HashMap<>(storage.environment());
        // an outage is noticed within the short lease of these tests
        settings.put("TRAINYARD_ARTIFACTS_S3_READ_LIMIT", "1s");
        settings.put("TRAINYARD_ARTIFACTS_S3_CALL_LIMIT", "4s");
        launcher = Launcher.up(folder.resolve("data"), settings);
        launcher.awaitReady();
        launcher.awaitWorkers();
        client = new ChaosClient(launcher.urls());
    }

    @AfterAll
    static void stop() throws Exception {
        if (launcher != null) {
            launcher.terminate();
            launcher.processes().forEach(ProcessHandle::destroyForcibly);
        }
        storage.close();
    }

    @Test
    @Order(1)
    void aKilledTrainerIsResumedFromItsCheckpointAndTheModelIsServed() throws Exception {
        String key = submit();
        await().atMost(TRAINING).until(() -> client.job(key).path("history").size() >= 1);
        launcher.kill("trainer-1");
        await().atMost(TRAINING)
                .until(() -> client.job(key).path("status").asText().equals("success"));

        JsonNode job = client.job(key);
        assertThat(job.path("attempt").asInt()).isEqualTo(2);
        assertThat(job.path("history")).hasSize(EPOCHS);
        assertThat(folder.resolve("data/log/trainer-1.log")).content().contains("job " + key + " resumes after epoch");
        ApiClient api = new ApiClient(launcher.urls().get(0));
        await().atMost(TRAINING)
                .until(() -> api.predict(4).path("model").path("version").asInt() == 2);
        assertThat(api.predict(4).path("prediction").asInt()).isEqualTo(4);
        assertThat(download(launcher.urls().get(0) + "/api/v1/models/DigitModel/versions/2/model.onnx"))
                .contains("probabilities");
        assertThat(new StoredFiles(folder.resolve("data/artifacts")).files(""))
                .extracting(Stored::path)
                .isEmpty();
    }

    private static String submit() throws InterruptedException {
        return client.submit("""
                {"dataset":"MnistDataset","model":"DigitModel","network":"mlp",
                 "network_args":{"layer_size":128,"num_layers":1,"dropout_amount":0.3},
                 "train_args":{"batch_size":32,"epochs":%d},"promote":"always"}""".formatted(EPOCHS), UUID.randomUUID().toString());
    }

    private static String download(String url) throws IOException {
        return new String(URI.create(url).toURL().openStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    /** Loaded models serve on, jobs are accepted, and nothing is restarted. */
    @Test
    @Order(2)
    void anOutageOfTheStorageCostsNoAttempt() throws Exception {
        long gateway = launcher.pid("gateway-1");
        long trainer = launcher.pid("trainer-1");
        String key = submit();
        await().atMost(TRAINING).until(() -> client.job(key).path("history").size() >= 1);
        try (SuspendedProcess suspended = SuspendedProcess.of(storage.process())) {
            await().atMost(TRAINING).untilAsserted(() -> {
                assertThat(readiness("trainer-1")).startsWith("503").contains("does not answer");
                assertThat(readiness("gateway-1")).startsWith("200").contains("does not answer");
                assertThat(readiness("predictor-1")).startsWith("200").contains("does not answer");
                assertThat(client.job(key).path("status").asText()).isEqualTo("queued");
            });
            assertThat(new ApiClient(launcher.urls().get(0))
                            .predict(4)
                            .path("prediction")
                            .asInt())
                    .isEqualTo(4);
        }
        await().atMost(TRAINING)
                .until(() -> client.job(key).path("status").asText().equals("success"));
        await().atMost(TRAINING).untilAsserted(() -> {
            assertThat(readiness("trainer-1")).startsWith("200");
            assertThat(readiness("gateway-1")).startsWith("200").doesNotContain("does not answer");
        });
        assertThat(client.job(key).path("history")).hasSize(EPOCHS);
        assertThat(client.job(key).path("attempt").asInt()).isGreaterThan(1);
        assertThat(launcher.pid("gateway-1")).isEqualTo(gateway);
        assertThat(launcher.pid("trainer-1")).isEqualTo(trainer);
    }

    /** Status and body of the readiness check of a process. */
    private static String readiness(String name) throws IOException {
        String port = ProcessEnvironment.of(launcher.process(name)).get("QUARKUS_HTTP_PORT");
        HttpURLConnection connection = (HttpURLConnection) URI.create("http://127.0.0.1:" + port + "/q/health/ready")
                .toURL()
                .openConnection();
        int status = connection.getResponseCode();
        var body = status == HttpURLConnection.HTTP_OK ? connection.getInputStream() : connection.getErrorStream();
        return status + " " + new String(body.readAllBytes(), StandardCharsets.UTF_8);
    }
}
