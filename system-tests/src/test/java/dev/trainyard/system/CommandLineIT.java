package dev.trainyard.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The client's commands against a running platform. */
@Tag("full")
@Order(2)
class CommandLineIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    @RegisterExtension
    static final PlatformExtension platform = new PlatformExtension();

    @TempDir
    Path folder;

    private CliRunner commands;

    @BeforeEach
    void useTheFirstGateway() throws Exception {
        commands = new CliRunner(platform.gateway(1).url());
    }

    @Test
    void trainWithWaitPrintsTheResult() throws Exception {
        CliRunner.CliProcess train = commands.start(
                        PlatformExtension.small(2), "train", "--config", "-", "--wait", "--set", "train_args.epochs=3")
                .awaitEnd();
        assertThat(train.exitCode()).as("%s", train).isZero();
        assertThat(train.stdout()).matches("Job \\S+ succeeded: test accuracy 9\\d\\.\\d+ %, .*version \\d+\\.\\R");
        assertThat(train.stderr().lines().filter(line -> line.startsWith("Epoch")))
                .hasSize(3);
        String key = platform.accepted(train.stdout().split(" ")[1]);

        assertThat(commands.run("jobs", "show", key.substring(0, 13)).stdout()).contains(key, "succeeded", "claimed");
        assertThat(commands.run("jobs", "ls").stdout()).contains(key);
        assertThat(commands.run("jobs", "watch", "latest", "--json").stdout().lines())
                .last()
                .satisfies(line ->
                        assertThat(JSON.readTree(line).at("/job/key").asText()).isEqualTo(key));
        assertThat(commands.run("jobs", "cancel", key).exitCode()).isEqualTo(1);
        assertThat(commands.run("jobs", "show", PlatformExtension.newId()).exitCode())
                .isEqualTo(3);
    }

    @Test
    void jobsArePausedResumedDetachedAndCancelled() throws Exception {
        CliRunner.CliProcess train = commands.run("train", "--configs", PlatformExtension.endless());
        assertThat(train.exitCode()).as("%s", train).isZero();
        String key = platform.accepted(train.stdout().strip());
        platform.awaitEpoch(key, 1);
        assertThat(commands.run("jobs", "pause", key).stdout()).isEqualTo(key + " paused\n");
        assertThat(commands.run("jobs", "resume", key).exitCode()).isZero();
        CliRunner.CliProcess left = commands.run("jobs", "watch", key, "--timeout", "1s");
        assertThat(left.exitCode()).as("%s", left).isEqualTo(124);

        CliRunner.CliProcess watch = commands.start("", "jobs", "watch", key);
        PlatformExtension.await("an epoch").until(() -> watch.stderr().contains("Epoch 1/1000"));
        assertThat(commands.run("jobs", "cancel", key).stdout()).isEqualTo(key + " cancelled\n");
        assertThat(watch.awaitEnd().exitCode()).as("%s", watch).isEqualTo(5);
    }

    @Test
    void watchingContinuesAfterAGatewayWasKilled() throws Exception {
        String key = platform.submit(PlatformExtension.small(12));
        CliRunner.CliProcess watch = commands.start("", "jobs", "watch", key);
        PlatformExtension.await("an epoch").until(() -> watch.stderr().contains("Epoch 2/12"));
        platform.sharedPlatform().launcher().kill("gateway-1");
        assertThat(watch.awaitEnd().exitCode()).as("%s", watch).isZero();
        assertThat(watch.stderr()).contains("The connection to the gateway broke");
        assertThat(watch.stderr()
                        .lines()
                        .filter(line -> line.startsWith("Epoch"))
                        .map(line -> line.split("[ /]")[1]))
                .isEqualTo(
                        IntStream.rangeClosed(1, 12).mapToObj(String::valueOf).toList());
    }

    @Test
    void modelsAreListedDownloadedPromotedAndQueried() throws Exception {
        JsonNode before = JSON.readTree(commands.run("models", "show", "--json").stdout());
        int production = before.path("production").asInt();
        String file = folder.resolve("model.onnx").toString();
        assertThat(commands.run("models", "download", "-o", file).stdout()).isEqualTo(file + "\n");
        assertThat(Path.of(file).toFile().length()).isGreaterThan(10_000);
        assertThat(commands.run("models", "ls").stdout()).containsPattern("DigitModel +1 ");
        CliRunner.CliProcess promoted = commands.run("models", "promote", "DigitModel", "1", "--alias", "cli");
        assertThat(promoted.stdout()).isEqualTo("cli of DigitModel is version 1.\n");

        CliRunner.CliProcess predicted =
                commands.run("predict", "--alias", "cli", "../example/4.png", "../example/8.png");
        assertThat(predicted
                        .stdout()
                        .lines()
                        .map(line -> line.replaceAll(" \\(.*", ""))
                        .toList())
                .as("%s", predicted)
                .isEqualTo(List.of("../example/4.png: 4", "../example/8.png: 8"));
        assertThat(commands.run("predict", "pom.xml").exitCode()).isEqualTo(2);
        assertThat(JSON.readTree(commands.run("models", "show", "--json").stdout())
                        .path("production")
                        .asInt())
                .isEqualTo(production);
    }

    @Test
    void doctorReportsNoProblems() throws Exception {
        CliRunner.CliProcess doctor = commands.run("doctor");
        assertThat(doctor.exitCode()).as("%s", doctor).isZero();
        assertThat(doctor.stdout()).contains("Gateway: ").contains("DigitModel version");
        assertThat(commands.run(
                                "dataset",
                                "show",
                                platform.sharedPlatform()
                                        .dataDir()
                                        .resolve("datasets/mnist")
                                        .toString(),
                                "--check")
                        .stdout())
                .contains("60,000 training, 10,000 test");
    }
}
