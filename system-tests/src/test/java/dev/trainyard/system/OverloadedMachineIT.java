package dev.trainyard.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.system.chaos.ChaosClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Starts a platform on an overloaded machine. It runs last, so that no other test is slowed down. */
@Order(Integer.MAX_VALUE)
@Tag("fault")
@EnabledIfSystemProperty(
        named = "trainyard.busy-machine",
        matches = "true",
        disabledReason = "it takes the whole machine for up to 40 minutes; run it with -Dtrainyard.busy-machine=true")
class OverloadedMachineIT {
    private static final int PER_CORE = 24;
    private static final Duration LIMIT = Duration.ofMinutes(40);
    private static final Pattern READY = Pattern.compile("Trainyard is ready at (http://127\\.0\\.0\\.1:\\d+)");
    private static final Pattern WORKERS = Pattern.compile("All trainers and predictors are ready");

    /** The product's defaults; the other system tests use shorter times. */
    private static final Map<String, String> DEFAULTS = Map.of(
            "TRAINYARD_LEASE_DURATION", "60s",
            "TRAINYARD_HEARTBEAT_INTERVAL", "5s",
            "TRAINYARD_CONTACT_LIMIT", "45s",
            "TRAINYARD_REAPER_PERIOD", "5s");

    @TempDir
    Path folder;

    @Test
    void thePlatformRunsAJobWith24BusyProcessesPerCore() throws Exception {
        Launcher launcher = null;
        try (CpuLoad machine = new CpuLoad(PER_CORE, LIMIT)) {
            launcher = Launcher.up(folder.resolve("data"), DEFAULTS);
            String url = launcher.await(READY, LIMIT).group(1);
            ChaosClient client = new ChaosClient(java.util.List.of(url));
            String key = null;
            while (key == null) {
                key = client.submit(job(), "busy"); // a late request is repeated; the idempotency key keeps it one job
            }
            String status = "";
            while (!status.matches("success|failed|cancelled")) {
                status = status(client, key);
                TimeUnit.SECONDS.sleep(1); // a client polls
            }
            assertThat(machine.isBusy())
                    .as("all processes were busy all the time")
                    .isTrue();
            assertThat(status).as(launcher.output()).isEqualTo("success");
            assertThat(launcher.output()).contains("Still starting after ").doesNotContain("ended with status");
            launcher.await(WORKERS, LIMIT);
        } finally {
            if (launcher != null) {
                launcher.terminate();
                launcher.processes().forEach(ProcessHandle::destroyForcibly);
            }
        }
    }

    private static String status(ChaosClient client, String key) throws InterruptedException {
        try {
            JsonNode job = client.job(key);
            return job.path("status").asText();
        } catch (java.io.IOException e) {
            return ""; // no answer in time; polled again
        }
    }

    private static String job() {
        return """
                {"dataset":"MnistDataset","model":"DigitModel","network":"mlp",
                 "network_args":{"layer_size":16,"num_layers":1},
                 "train_args":{"batch_size":1000,"epochs":1},"promote":"never"}""";
    }
}
