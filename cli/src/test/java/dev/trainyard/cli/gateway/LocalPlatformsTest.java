package dev.trainyard.cli.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trainyard.cli.ClientProcess;
import dev.trainyard.cli.CommandLineRun;
import dev.trainyard.cli.FakeGateway;
import dev.trainyard.cli.error.CommandException;
import dev.trainyard.launch.PlatformRegistry;
import dev.trainyard.launch.RunningPlatform;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LocalPlatformsTest {
    private static final Path OWN = Path.of("/home/me/trainyard");
    private static final Path OTHER = Path.of("/home/me/other");

    @RegisterExtension
    final FakeGateway gateway = new FakeGateway();

    @TempDir
    Path folder;

    @Test
    void theOnlyPlatformOrTheOneOfTheCloneIsChosen() throws CommandException {
        assertThat(chosen()).isEqualTo(ServerAddress.DEFAULT);
        assertThat(chosen(platform(8081, OWN))).isEqualTo("http://127.0.0.1:8081");
        assertThat(chosen(platform(8081, OTHER))).isEqualTo("http://127.0.0.1:8081");
        assertThat(LocalPlatforms.choose(List.of(platform(8081, OTHER)), OWN).otherHome())
                .isEqualTo(OTHER);
        assertThat(LocalPlatforms.choose(List.of(platform(8080, OTHER), platform(8082, OTHER)), OWN))
                .isEqualTo(new ServerAddress(ServerAddress.DEFAULT, OTHER));
        assertThat(LocalPlatforms.choose(List.of(platform(8081, OWN)), OWN).otherHome())
                .isNull();
        assertThat(chosen(platform(8080, OTHER), platform(8081, OWN))).isEqualTo("http://127.0.0.1:8081");
    }

    @Test
    void anAmbiguousChoiceIsTheDefaultAddressOrAnError() throws CommandException {
        assertThat(chosen(platform(8081, OWN), platform(8080, OWN))).isEqualTo(ServerAddress.DEFAULT);
        assertThatThrownBy(() -> chosen(platform(8081, OWN), platform(8082, OWN)))
                .isInstanceOf(CommandException.class)
                .hasMessageContaining("http://127.0.0.1:8081 (data in /data/8081), http://127.0.0.1:8082");
    }

    @Test
    void aCommandFindsTheRunningPlatformUnlessAServerIsNamed() throws Exception {
        gateway.on("GET /api/v1/train?limit=20", 200, "{\"jobs\":[]}");
        try (PlatformRegistry.Entry entry =
                new PlatformRegistry(folder).add(new RunningPlatform(gateway.url(), folder, OWN))) {
            assertThat(list(Map.of()).exitCode()).isZero();
            CommandLineRun named = list(Map.of("TRAINYARD_SERVER", "http://127.0.0.1:1"));
            assertThat(named.exitCode()).isEqualTo(4);
            assertThat(named.err()).contains("http://127.0.0.1:1:");
        }
        assertThat(gateway.requests()).hasSize(1);
    }

    @Test
    void aPlatformOfAnotherCloneIsReadWithANote() throws Exception {
        gateway.on("GET /api/v1/train?limit=20", 200, "{\"jobs\":[]}");
        gateway.on("POST /api/v1/train?dry_run=true", 422, "{\"detail\":\"it was asked\"}");
        try (PlatformRegistry.Entry entry = other()) {
            CommandLineRun run = run(Map.of(), "jobs", "ls");
            assertThat(run.exitCode()).isZero();
            assertThat(run.err()).contains("(using %s, the platform of %s)".formatted(gateway.url(), OWN));
            assertThat(run(Map.of(), "train", "--dry-run").err()).contains("it was asked");
        }
    }

    /** No request is sent, so a token cannot leak either. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "train",
                "jobs cancel last",
                "jobs pause last",
                "jobs resume last",
                "jobs retry last",
                "models rm DigitModel --yes",
                "models rm DigitModel 1 --yes",
                "models retire DigitModel --yes",
                "models release DigitModel 1",
                "models promote DigitModel 1",
                "models rollback DigitModel",
                "models import pom.xml"
            })
    void anUnnamedPlatformOfAnotherCloneIsNotChanged(String command) throws Exception {
        try (PlatformRegistry.Entry entry = other()) {
            CommandLineRun run = run(Map.of("TRAINYARD_ADMIN_TOKEN", "secret"), command.split(" "));
            assertThat(run.exitCode()).as(run.err()).isEqualTo(2);
            assertThat(run.err())
                    .contains("No platform of this clone is running", OWN.toString(), "--server " + gateway.url());
        }
        assertThat(gateway.requests()).isEmpty();
    }

    @Test
    void aNamedPlatformOfAnotherCloneIsChanged() throws Exception {
        gateway.on("DELETE /api/v1/models/DigitModel", 204, "");
        try (PlatformRegistry.Entry entry = other()) {
            CommandLineRun run = run(Map.of(), "models", "rm", "DigitModel", "--yes", "--server", gateway.url());
            assertThat(run.exitCode()).as(run.err()).isZero();
        }
    }

    private PlatformRegistry.Entry other() throws Exception {
        return new PlatformRegistry(folder).add(new RunningPlatform(gateway.url(), folder, OWN));
    }

    @Test
    void aPlatformWithoutAnAnsweringGatewayIsReportedAsStarting() throws Exception {
        String url = gateway.url();
        gateway.stop();
        try (PlatformRegistry.Entry entry = new PlatformRegistry(folder).add(new RunningPlatform(url, folder, OWN))) {
            CommandLineRun run = list(Map.of());
            assertThat(run.exitCode()).isEqualTo(4);
            assertThat(run.err())
                    .contains(
                            url, "is starting a gateway", folder.resolve("log").toString());
        }
    }

    private CommandLineRun list(Map<String, String> environment) throws Exception {
        return run(environment, "jobs", "ls");
    }

    private CommandLineRun run(Map<String, String> environment, String... words) throws Exception {
        Map<String, String> all = new java.util.HashMap<>(environment);
        all.put("TRAINYARD_REGISTRY_DIR", folder.toString());
        try (ClientProcess client = ClientProcess.start(List.of(), all, words)) {
            return client.awaitEnd();
        }
    }

    private static String chosen(RunningPlatform... running) throws CommandException {
        return LocalPlatforms.choose(List.of(running), OWN).url();
    }

    private static RunningPlatform platform(int port, Path home) {
        return new RunningPlatform("http://127.0.0.1:" + port, Path.of("/data/" + port), home);
    }
}
