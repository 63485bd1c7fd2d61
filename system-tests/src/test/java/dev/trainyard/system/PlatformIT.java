package dev.trainyard.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** The whole platform as its users meet it, in the order of one bad day. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PlatformIT {
    private static final Duration TRAINING = Duration.ofMinutes(3);
    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    static Path dataDir;

    private static Launcher launcher;
    private static Client client;
    private static String finished;

    @BeforeAll
    static void start() throws Exception {
        launcher = Launcher.up(dataDir);
        client = new Client(launcher.awaitReady());
    }

    @AfterAll
    static void leaveNothingBehind() throws Exception {
        launcher.terminate();
        launcher.processes().forEach(ProcessHandle::destroyForcibly);
    }

    @Test
    @Order(1)
    void theBundledModelAnswersBeforeAnyTraining() throws Exception {
        for (int digit = 0; digit < 10; digit++) {
            JsonNode answer = client.predict(digit);
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
    void theSameModelAnswersLaterAndToTensors() throws Exception {
        JsonNode later = client.predictLater(4);
        assertThat(later.path("status").asText()).isEqualTo("succeeded");
        assertThat(later.path("result")).isEqualTo(client.predict(4));
        JsonNode tensors = client.inferBlank();
        assertThat(tensors.path("model_version").asText()).isEqualTo("1");
        assertThat(tensors.path("outputs").path(0).path("data")).hasSize(10);
    }

    @Test
    @Order(2)
    void aJobOfAKilledTrainerFinishesFromItsCheckpoint() throws Exception {
        finished = client.train("mlp", 3);
        await().atMost(TRAINING)
                .until(() -> client.job(finished).path("current_epoch").asInt() >= 2);
        launcher.kill("trainer-1");

        await().atMost(TRAINING)
                .until(() -> client.job(finished).path("status").asText().equals("success"));
        JsonNode job = client.job(finished);
        assertThat(job.path("attempt").asInt()).isEqualTo(2);
        assertThat(job.path("history")).hasSize(3);
        assertThat(job.path("message").path("test").path("accuracy").asDouble()).isGreaterThan(0.95);
        int version = job.path("model").path("version").asInt();
        await().atMost(SOON)
                .until(() -> client.predict(8).path("model").path("version").asInt() == version);
        assertThat(client.predict(8).path("prediction").asInt()).isEqualTo(8);
        assertThat(client.predict(8).path("prediction_set"))
                .as("a model from this platform's trainer has a trust pack")
                .isNotEmpty();
        assertThat(launcher.said()).contains("trainer-1 ended with status 137; starting it again");
        anyVersionAnswersAndProductionGoesBackAndForth(version);
    }

    private static void anyVersionAnswersAndProductionGoesBackAndForth(int version) throws Exception {
        assertThat(answering("?version=1")).isEqualTo(1);
        assertThat(client.model("rollback").path("production").asInt()).isEqualTo(1);
        await().atMost(SOON).until(() -> answering("") == 1);
        client.model("versions/%d/promote".formatted(version));
        await().atMost(SOON).until(() -> answering("") == version);
    }

    private static int answering(String query) throws Exception {
        return client.predict(8, query).path("model").path("version").asInt();
    }

    @Test
    @Order(3)
    void aCrashedGatewayIsStartedAgain() throws Exception {
        long before = launcher.pid("gateway-1");
        launcher.kill("gateway-1");
        await().atMost(SOON)
                .ignoreExceptions()
                .until(() -> client.predict(7).path("prediction").asInt() == 7);
        assertThat(launcher.pid("gateway-1")).isNotEqualTo(before);
    }

    @Test
    @Order(4)
    void everyProcessIsOneOfItsOwnOnLoopbackOnly() throws Exception {
        assertThat(launcher.pidFiles()).containsExactly("gateway-1", "kafka", "postgres", "predictor-1", "trainer-1");
        for (String name : launcher.pidFiles()) {
            assertThat(launcher.process(name).isAlive()).as(name).isTrue();
            assertThat(dataDir.resolve("log/" + name + ".log")).exists();
            assertThat(ListeningSockets.of(launcher.process(name)))
                    .as("addresses that %s listens on", name)
                    .isNotEmpty()
                    .allMatch(InetAddress::isLoopbackAddress);
        }
    }

    @Test
    @Order(5)
    void aSecondLauncherOnTheSameDataIsRefused() throws Exception {
        Launcher second = Launcher.up(dataDir);
        assertThat(second.awaitExit()).isNotZero();
        assertThat(second.said()).contains("runs already in").hasLineCount(1);
        assertThat(client.predict(1).path("prediction").asInt()).isEqualTo(1);
    }

    @Test
    @Order(6)
    void aKilledLauncherLeavesNothingThatTheNextStartDoesNotEndAndLosesNothing() throws Exception {
        launcher.kill();
        List<ProcessHandle> orphans = launcher.processes();
        assertThat(orphans).isNotEmpty();
        launcher = Launcher.up(dataDir, "--gateways", "2", "--trainers", "2");
        client = new Client(launcher.awaitReady());
        assertThat(orphans).noneMatch(ProcessHandle::isAlive);
        assertThat(launcher.said()).contains("Ended what an earlier start had left running");
        assertThat(client.job(finished).path("status").asText()).isEqualTo("success");
        assertThat(versions()).hasSize(2);
        assertThat(launcher.pidFiles()).contains("gateway-2", "trainer-2");
    }

    @Test
    @Order(7)
    void aTakenPortThatWasAskedForIsAnError(@TempDir Path other) throws Exception {
        int port;
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            port = taken.getLocalPort();
            Launcher refused = Launcher.up(other, "--port", String.valueOf(port));
            assertThat(refused.awaitExit()).isNotZero();
            assertThat(refused.said().strip())
                    .contains("Port " + port + " is taken")
                    .hasLineCount(1);
            assertThat(refused.processes()).isEmpty();
        }
    }

    @Test
    @Order(8)
    void sigtermStopsEverything() throws Exception {
        List<ProcessHandle> all = launcher.processes();
        assertThat(all).hasSizeGreaterThanOrEqualTo(7);
        assertThat(launcher.terminate()).isZero();
        assertThat(all).noneMatch(ProcessHandle::isAlive);
        assertThat(launcher.processes()).isEmpty();
        assertThat(launcher.pidFiles()).isEmpty();
    }

    private static List<Integer> versions() throws Exception {
        return StreamSupport.stream(client.models().path("models").spliterator(), false)
                .map(model -> model.path("version").asInt())
                .toList();
    }
}
