package dev.trainyard.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.artifact.ArtifactRef;
import dev.trainyard.artifact.FileArtifactStore;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A model that passes every check and crashes the predictor that runs it. */
class CrashingModelIT {
    @RegisterExtension
    static final PlatformExtension platform = new PlatformExtension();

    private static final String NAME = "Crasher";
    private static final String MODEL = "/api/v1/models/" + NAME;

    @Test
    void aCrashingModelIsQuarantinedAfterOneCrashAndCanBeDeleted() throws Exception {
        GatewayClient gateway = platform.gateway(1);
        int before = crashes();
        publish();
        assertThat(gateway.post(MODEL + "/versions/1/promote").join().status()).isEqualTo(200);
        assertThat(gateway.predict(8).join().status())
                .as("it is not loaded before it is asked for")
                .isEqualTo(200);

        PlatformExtension.await("the quarantine").untilAsserted(() -> assertThat(refusal(gateway))
                .contains("quarantined", NAME, "SIGFPE", "release-quarantine"));
        PlatformExtension.await("the bundled model").until(gateway::isWorking);
        assertThat(crashes()).as("crashes of the predictor").isEqualTo(before + 1);

        for (int number = 1; number <= 2; number++) {
            GatewayClient each = platform.gateway(number);
            PlatformExtension.await("the report").untilAsserted(() -> {
                JsonNode system = each.get("/api/v1/system").join().body();
                assertThat(system.path("quarantined").findValuesAsText("name")).containsExactly(NAME);
                assertThat(each.get(MODEL + "/versions/1")
                                .join()
                                .body()
                                .path("quarantine")
                                .path("cause")
                                .asText())
                        .isEqualTo("SIGFPE");
            });
            assertThat(metrics(each.url())).contains("trainyard_models_quarantined 1.0");
        }
        String port = ProcessEnvironment.of(platform.sharedPlatform().launcher().process("predictor-1"))
                .get("QUARKUS_HTTP_PORT");
        assertThat(metrics("http://127.0.0.1:" + port)).contains("trainyard_models_quarantined 1.0");

        platform.faults().kill("predictor-1");
        PlatformExtension.await("the bundled model after one more start").until(gateway::isWorking);
        List<CompletableFuture<GatewayClient.Response>> responses = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            responses.add(gateway.predict(i % 10, "?model=" + NAME));
            responses.add(gateway.predict(i % 10));
        }
        for (int i = 0; i < responses.size(); i++) {
            assertThat(responses.get(i).join().status()).isEqualTo(i % 2 == 0 ? 503 : 200);
        }
        assertThat(crashes()).isEqualTo(before + 1);

        assertThat(delete(gateway, MODEL)).isEqualTo(204);
        assertThat(gateway.predict(8, "?model=" + NAME).join().status()).isEqualTo(410);
        PlatformExtension.await("the end of the quarantine").until(() -> gateway.get("/api/v1/system")
                .join()
                .body()
                .path("quarantined")
                .isEmpty());
        assertThat(gateway.isWorking()).isTrue();
    }

    /** Publishes the model directly, because an import would reject it. */
    private static void publish() throws Exception {
        ArtifactRef onnx = new FileArtifactStore(platform.sharedPlatform().artifacts())
                .write("crashing/model.onnx", CrashingOnnxModel.bytes());
        platform.database().text("""
                insert into model_version (name, version, onnx, metadata, test_accuracy)
                select ?, 1, jsonb_build_object('path', ?, 'sha256', ?, 'size', ?),
                    jsonb_set(metadata - 'variants' - 'confusion', '{model}', to_jsonb(cast(? as text))), 0.9
                from model_version where name = 'DigitModel' and version = 1 returning name
                """, NAME, onnx.path(), onnx.sha256(), onnx.size(), NAME);
    }

    private static String refusal(GatewayClient gateway) {
        GatewayClient.Response answer = gateway.predict(8, "?model=" + NAME).join();
        return answer.status() + " " + answer.body().path("detail").asText();
    }

    private static int delete(GatewayClient gateway, String path) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(gateway.url() + path))
                                .DELETE()
                                .build(),
                        HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    private static String metrics(String url) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(url + "/q/metrics")).build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }

    /** Number of crashes of the predictor: a JVM that reports a fatal error without a core dump exits with 1. */
    private static int crashes() throws IOException {
        return platform.sharedPlatform().launcher().output().split("predictor-1 ended with status 1;", -1).length - 1;
    }
}
