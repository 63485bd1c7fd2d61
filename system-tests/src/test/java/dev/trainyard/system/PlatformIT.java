package dev.trainyard.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A freshly started platform from a user's view. It runs before the classes that inject faults. */
@Order(1)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PlatformIT {
    @RegisterExtension
    static final PlatformExtension platform = new PlatformExtension();

    @Test
    @Order(1)
    void theBundledModelAnswersBeforeAnyTraining() {
        for (int digit = 0; digit < 10; digit++) {
            JsonNode answer =
                    platform.gateway(1 + digit % 2).predict(digit).join().body();
            assertThat(answer.path("prediction").asInt()).isEqualTo(digit);
            assertThat(answer.path("probabilities")).hasSize(10);
            assertThat(answer.path("outlier").path("is_outlier").asBoolean(true))
                    .isFalse();
            assertThat(answer.path("prediction_set")).contains(IntNode.valueOf(digit));
            assertThat(answer.path("model").path("version").asInt()).isEqualTo(1);
        }
    }

    @Test
    @Order(1)
    void theBundledModelAnswersAsynchronousAndTensorRequests() throws Exception {
        ApiClient client =
                new ApiClient(platform.sharedPlatform().launcher().urls().get(0));
        JsonNode later = client.predictLater(4);
        assertThat(later.path("status").asText()).isEqualTo("succeeded");
        assertThat(later.path("result")).isEqualTo(client.predict(4));
        JsonNode tensors = client.inferBlank();
        assertThat(tensors.path("model_version").asText()).isEqualTo("1");
        assertThat(tensors.path("outputs").path(0).path("data")).hasSize(10);
    }

    @Test
    @Order(2)
    void everyProcessListensOnLoopbackOnly() throws Exception {
        Launcher launcher = platform.sharedPlatform().launcher();
        assertThat(launcher.pidFiles())
                .containsExactly(
                        "gateway-1", "gateway-2", "kafka", "postgres", "predictor-1", "trainer-1", "trainer-2");
        for (String name : launcher.pidFiles()) {
            assertThat(launcher.process(name).isAlive()).as(name).isTrue();
            assertThat(platform.sharedPlatform().log(name)).exists();
            assertThat(ListeningSockets.of(launcher.process(name)))
                    .as("addresses that %s listens on", name)
                    .isNotEmpty()
                    .allMatch(InetAddress::isLoopbackAddress);
        }
    }

    @Test
    @Order(2)
    void eachProcessSeesItsOwnSecretsOnly() throws Exception {
        Launcher launcher = platform.sharedPlatform().launcher();
        Path dataDir = platform.sharedPlatform().dataDir();
        String password = Files.readString(dataDir.resolve("postgres/password")).strip();
        for (String name : launcher.pidFiles()) {
            Map<String, String> environment = ProcessEnvironment.of(launcher.process(name));
            if (!name.equals("postgres") && !name.equals("kafka")) {
                String user = name.replaceFirst("-.*", "");
                assertThat(environment)
                        .containsEntry("KAFKA_SECURITY_PROTOCOL", "SASL_PLAINTEXT")
                        .containsEntry("KAFKA_SASL_JAAS_CONFIG_FILE", dataDir + "/kafka/secrets/" + user + ".jaas");
            }
            assertThat(launcher.process(name).info().arguments().orElse(new String[0]))
                    .noneMatch(argument -> argument.contains("secrets") || argument.contains("jaas"));
            assertThat(environment.values())
                    .as("what %s sees", name)
                    .doesNotContain(password, "not-that-of-this-database", "of-somebody-else")
                    .doesNotContain(SharedPlatform.ADMIN_TOKEN);
            if (name.startsWith("gateway")) {
                assertThat(environment)
                        .containsKeys("TRAINYARD_ADMIN_TOKEN_FILE", "QUARKUS_DATASOURCE_PASSWORD_FILE")
                        .containsEntry("TRAINYARD_CALLBACK_SECRET", SharedPlatform.CALLBACK_SECRET);
            } else {
                assertThat(environment.keySet())
                        .as("what %s is told", name)
                        .noneMatch(
                                variable -> variable.matches(".*(DATASOURCE|ADMIN|CALLBACK|SECRET|PASSWORD|TOKEN).*"));
            }
        }
    }

    @Test
    @Order(2)
    void theAdminTokenIsReadFromItsFile() throws Exception {
        String url = platform.sharedPlatform().launcher().urls().get(0);
        assertThat(importing(url, SharedPlatform.ADMIN_TOKEN))
                .as("refused for what is sent")
                .isBetween(400, 499)
                .isNotIn(401, 403);
        assertThat(importing(url, "a-guess")).isEqualTo(401);
    }

    /** Status of an import without content. */
    private static int importing(String url, String token) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/api/v1/models"))
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "multipart/form-data; boundary=x")
                .POST(HttpRequest.BodyPublishers.ofString("--x--\r\n"))
                .build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    @Test
    @Order(2)
    void theDataFolderIsClosedToOtherUsers() throws Exception {
        Path dataDir = platform.sharedPlatform().dataDir();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(dataDir)))
                .isEqualTo("rwx------");
        for (String folder : List.of("artifacts", "datasets", "kafka", "log", "postgres", "run")) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(dataDir.resolve(folder))))
                    .as(folder)
                    .isEqualTo("rwx------");
        }
    }

    @Test
    @Order(3)
    void aTrainedModelIsServed() throws Exception {
        String key = platform.submit(PlatformExtension.promoted(3));
        platform.awaitStatus(key, "success");
        JsonNode job = platform.job(key);
        assertThat(job.path("engine").asText()).startsWith(PlatformExtension.defaultEngine() + " ");
        assertThat(job.path("history")).hasSize(3);
        assertThat(job.path("message").path("test").path("accuracy").asDouble()).isGreaterThan(0.9);
        int version = job.path("model").path("version").asInt();
        for (int number = 1; number <= 2; number++) {
            GatewayClient gateway = platform.gateway(number);
            PlatformExtension.await("the new model").until(() -> gateway.servedVersion() == version);
        }
        ApiClient client =
                new ApiClient(platform.sharedPlatform().launcher().urls().get(0));
        JsonNode answer = client.predict(8, "?outliers=accept");
        assertThat(answer.path("prediction").asInt()).isEqualTo(8);
        assertThat(answer.path("prediction_set"))
                .as("a model from this platform's trainer has a trust pack")
                .isNotEmpty();

        assertThat(version(client, "?version=1")).isEqualTo(1);
        assertThat(client.model("rollback").path("production").asInt()).isEqualTo(1);
        PlatformExtension.await("the model before").until(() -> version(client, "") == 1);
        client.model("versions/%d/promote".formatted(version));
        PlatformExtension.await("the model again").until(() -> version(client, "") == version);
    }

    @ParameterizedTest
    @ValueSource(strings = {"vector", "dl4j"})
    @Order(3)
    void anEngineThatIsRequiredTrainsAModelThatIsServed(String engine) throws Exception {
        String key = platform.submit(PlatformExtension.small(3, engine));
        platform.awaitStatus(key, "success");
        JsonNode job = platform.job(key);
        assertThat(job.path("engine").asText()).startsWith(engine + " ");
        assertThat(job.path("message").path("test").path("accuracy").asDouble()).isGreaterThan(0.9);
        int version = job.path("model").path("version").asInt();
        ApiClient client =
                new ApiClient(platform.sharedPlatform().launcher().urls().get(0));
        String query = "?outliers=accept&version=" + version;
        assertThat(client.predict(8, query).path("prediction").asInt()).isEqualTo(8);
        assertThat(version(client, query)).isEqualTo(version);
    }

    private static int version(ApiClient client, String query) throws Exception {
        return client.predict(8, query).path("model").path("version").asInt();
    }

    @Test
    @Order(4)
    void aSecondLauncherOnTheSameDataIsRefused() throws Exception {
        Launcher second = Launcher.up(platform.sharedPlatform().dataDir());
        assertThat(second.awaitExit()).isNotZero();
        assertThat(second.output()).contains("is already running in").hasLineCount(1);
        assertThat(platform.gateway(1).isWorking()).isTrue();
    }

    @Test
    @Order(5)
    void anOccupiedExplicitPortIsAnError(@TempDir Path other) throws Exception {
        int port;
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            port = taken.getLocalPort();
            Launcher refused = Launcher.up(other, "--port", String.valueOf(port));
            assertThat(refused.awaitExit()).isNotZero();
            assertThat(refused.output().strip())
                    .contains("Port " + port + " is in use")
                    .hasLineCount(1);
            assertThat(refused.processes()).isEmpty();
        }
    }
}
