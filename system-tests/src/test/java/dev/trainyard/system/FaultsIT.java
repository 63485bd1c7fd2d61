package dev.trainyard.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.standalone.chaos.ChaosClient;
import dev.trainyard.standalone.chaos.Faults;
import dev.trainyard.standalone.chaos.Histories;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What dies, hangs or is cut off, one row each; afterwards every accepted job is held against the promise. */
class FaultsIT {
    private static final Duration TRAINING = Duration.ofMinutes(3);

    @TempDir
    static Path dataDir;

    private static Launcher launcher;
    private static ChaosClient client;
    private static Faults faults;
    private final List<String> accepted = new ArrayList<>();

    @BeforeAll
    static void start() throws Exception {
        launcher = Launcher.up(dataDir, "--gateways", "2", "--trainers", "2");
        launcher.awaitReady();
        client = new ChaosClient(launcher.urls());
        faults = new Faults(dataDir.resolve("run"));
    }

    @AfterAll
    static void stop() throws Exception {
        launcher.terminate();
        launcher.processes().forEach(ProcessHandle::destroyForcibly);
    }

    @AfterEach
    void everyAcceptedJobKeptThePromise() throws Exception {
        for (String key : accepted) {
            awaitStatus(key, "success|failed|cancelled");
        }
        await().atMost(TRAINING).ignoreExceptions().untilAsserted(() -> {
            Histories histories = new Histories(client);
            for (String key : accepted) {
                assertThat(histories.violations(key)).isEmpty();
            }
        });
    }

    @Test
    void aGatewayThatIsKilledAfterTheCommitHasKeptTheJob() throws Exception {
        String key = submit(1);
        faults.kill("gateway-1");
        faults.kill("gateway-2");
        awaitStatus(key, "success");
    }

    @Test
    void aSubmitWhoseGatewayIsKilledUnderItIsKeptOnceWhenItIsRepeated() throws Exception {
        for (int i = 0; i < 4; i++) {
            String id = UUID.randomUUID().toString();
            int delay = 2 * i;
            CompletableFuture<Boolean> kill = CompletableFuture.supplyAsync(
                    FaultsIT::killFirstGateway, CompletableFuture.delayedExecutor(delay, TimeUnit.MILLISECONDS));
            String first = client.submit(config(1), id);
            kill.get();
            await().atMost(TRAINING).until(() -> client.submit(config(1), id) != null);
            String second = client.submit(config(1), id);
            if (first != null) {
                assertThat(second).isEqualTo(first);
            }
            accepted.add(second);
        }
    }

    @Test
    void aRunWhoseTrainersAreKilledEndsInTheBytesOfOneThatWasNot() throws Exception {
        String key = submit(4);
        for (int epoch = 1; epoch <= 2; epoch++) {
            int reached = epoch;
            await().atMost(TRAINING).ignoreExceptions().until(() -> epochs(key) >= reached);
            faults.kill(client.job(key).path("worker").asText());
        }
        awaitStatus(key, "success");
        assertThat(client.job(key).path("attempt").asInt()).isGreaterThanOrEqualTo(2);
        String again = client.verify(key);
        accepted.add(again);
        awaitStatus(again, "success");
        JsonNode verification = client.job(again).path("verification");
        assertThat(verification.path("same").asBoolean())
                .as(verification.toString())
                .isTrue();
    }

    @Test
    void aFrozenTrainerThatWakesUpAfterItsLeaseChangesNothing() throws Exception {
        String key = submit(4);
        awaitStatus(key, "training_in_progress");
        String worker = client.job(key).path("worker").asText();
        faults.freeze(worker, 12_000); // twice the lease of these tests
        assertThat(reasons(key)).contains("worker_lost");
        awaitStatus(key, "success");
    }

    @Test
    void aTrainerThatIsToldToEndGivesItsJobBackUnchargedAndLosesNoBatch() throws Exception {
        String key = submit(6);
        await().atMost(TRAINING).until(() -> epochs(key) >= 1);
        ProcessHandle worker =
                faults.process(client.job(key).path("worker").asText()).orElseThrow();
        worker.destroy();
        worker.onExit().get(30, TimeUnit.SECONDS);
        await().atMost(Duration.ofSeconds(10)).until(() -> reasons(key).contains("worker_drained"));
        awaitStatus(key, "success");
        assertThat(reasons(key)).doesNotContain("worker_lost");
    }

    @Test
    void aCancelledOrPausedRunFreesItsWorkersWithinSeconds() throws Exception {
        String first = submit(500);
        String second = submit(500);
        awaitStatus(first, "training_in_progress");
        awaitStatus(second, "training_in_progress");
        client.wish(first, "cancel");
        client.wish(second, "pause");
        String next = submit(1);
        await().atMost(Duration.ofSeconds(10))
                .until(() -> client.job(next).path("status").asText().matches("training_in_progress|success"));
        client.wish(second, "cancel");
    }

    @Test
    void aBrokerThatIsAwayDelaysJobsAndLosesNone() throws Exception {
        CompletableFuture<Boolean> frozen = CompletableFuture.supplyAsync(() -> freeze("kafka", 15_000));
        await().until(() ->
                faults.done().stream().anyMatch(fault -> fault.process().equals("kafka")));
        String meanwhile = submit(1);
        assertThat(frozen.get()).isTrue();
        awaitStatus(meanwhile, "success");
        faults.kill("kafka");
        awaitStatus(submit(1), "success");
    }

    @Test
    void aDatabaseThatIsAwayIsAnsweredWith503AndTheJobsGoOn() throws Exception {
        String key = submit(3);
        awaitStatus(key, "training_in_progress");
        CompletableFuture<Boolean> frozen = CompletableFuture.supplyAsync(() -> freeze("postgres", 8_000));
        await().until(() ->
                faults.done().stream().anyMatch(fault -> fault.process().equals("postgres")));
        faults.kill("postgres");
        frozen.get();
        awaitStatus(submit(1), "success");
        awaitStatus(key, "success");
    }

    private static boolean killFirstGateway() {
        try {
            return faults.kill("gateway-1");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean freeze(String name, long millis) {
        try {
            return faults.freeze(name, millis);
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String config(int epochs) {
        return """
                {"dataset":"MnistDataset","model":"DigitModel","network":"mlp",
                 "network_args":{"layer_size":32,"num_layers":2,"dropout_amount":0.3},
                 "train_args":{"batch_size":256,"epochs":%d},"promote":"never"}""".formatted(epochs);
    }

    /** Insists until it is accepted, as a client with an idempotency key may. */
    private String submit(int epochs) throws Exception {
        String id = UUID.randomUUID().toString();
        List<String> key = new ArrayList<>();
        await().atMost(TRAINING).until(() -> {
            String answer = client.submit(config(epochs), id);
            key.add(answer);
            return answer != null;
        });
        accepted.add(key.get(key.size() - 1));
        return key.get(key.size() - 1);
    }

    private static void awaitStatus(String key, String pattern) {
        await("job " + key)
                .atMost(TRAINING)
                .ignoreExceptions()
                .until(() -> client.job(key).path("status").asText().matches(pattern));
    }

    private static int epochs(String key) throws IOException, InterruptedException {
        return client.job(key).path("history").size();
    }

    private static List<String> reasons(String key) throws IOException, InterruptedException {
        return client.job(key).path("transitions").findValuesAsText("reason");
    }
}
