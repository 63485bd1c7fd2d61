package dev.trainyard.system;

import dev.trainyard.artifact.FileTree;
import dev.trainyard.kafka.AccessRules;
import dev.trainyard.standalone.kafka.KafkaSecrets;
import dev.trainyard.system.chaos.ChaosClient;
import dev.trainyard.system.chaos.FaultInjector;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Two gateways, two trainers and a predictor, with the leases of {@code pom.xml}. A start takes half a minute, so the
 * platform is started by the first class that needs it and stopped after the last one.
 */
final class SharedPlatform implements AutoCloseable {
    static final String ADMIN_TOKEN = "administrator-of-these-tests";
    static final String CALLBACK_SECRET = "signs-callbacks-of-these-tests";

    private final Path dataDir;
    private Launcher launcher;
    private Map<String, String> settings;
    private TestDatabase database;
    private ChaosClient client;
    private List<GatewayClient> gateways;

    private SharedPlatform(Path dataDir) {
        this.dataDir = dataDir;
    }

    static SharedPlatform of(ExtensionContext context) {
        return context.getRoot()
                .getStore(ExtensionContext.Namespace.GLOBAL)
                .computeIfAbsent(
                        SharedPlatform.class,
                        asked -> start("--gateways", "2", "--trainers", "2"),
                        SharedPlatform.class);
    }

    /** A platform of its own. */
    static SharedPlatform start(String... options) {
        try {
            Path dataDir = Files.createTempDirectory("trainyard-faults");
            Files.setPosixFilePermissions(dataDir, PosixFilePermissions.fromString("rwxr-xr-x")); // like mkdir
            SharedPlatform platform = new SharedPlatform(dataDir);
            platform.launch(options);
            return platform;
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException("the platform did not start", e);
        }
    }

    /** Restarts on the same data with the default number of processes. */
    Launcher startAgain() throws IOException, InterruptedException {
        launch();
        return launcher;
    }

    private void launch(String... options) throws IOException, InterruptedException {
        launcher = Launcher.up(dataDir, secrets(), options);
        try {
            launcher.awaitReady();
            launcher.awaitWorkers();
        } catch (IOException | InterruptedException | AssertionError e) {
            launcher.terminate();
            throw e;
        }
        settings = ProcessEnvironment.of(launcher.process("gateway-1"));
        database = TestDatabase.of(settings);
        client = new ChaosClient(launcher.urls());
        gateways = new ArrayList<>();
        for (String name : launcher.pidFiles()) {
            if (name.startsWith("gateway")) {
                String port = ProcessEnvironment.of(launcher.process(name)).get("QUARKUS_HTTP_PORT");
                gateways.add(new GatewayClient("http://127.0.0.1:" + port));
            }
        }
    }

    /** Secrets in the environment of the starting user; each process may see only its own. */
    private Map<String, String> secrets() throws IOException {
        Path token = Path.of(dataDir + ".token");
        Files.writeString(token, ADMIN_TOKEN + "\n");
        return Map.of(
                "TRAINYARD_ADMIN_TOKEN_FILE",
                token.toString(),
                "TRAINYARD_CALLBACK_SECRET",
                CALLBACK_SECRET,
                "QUARKUS_DATASOURCE_PASSWORD",
                "not-that-of-this-database",
                "CLOUD_SECRET_ACCESS_KEY",
                "of-somebody-else");
    }

    Launcher launcher() {
        return launcher;
    }

    Path dataDir() {
        return dataDir;
    }

    /** Client of all gateways, which changes the gateway after a failure. */
    ChaosClient client() {
        return client;
    }

    FaultInjector faults() {
        return new FaultInjector(dataDir.resolve("run"));
    }

    /** The gateway {@code gateway-NUMBER}; it keeps its port across restarts. */
    GatewayClient gateway(int number) {
        return gateways.get(number - 1);
    }

    List<GatewayClient> gateways() {
        return gateways;
    }

    TestDatabase database() {
        return database;
    }

    /** Settings of Kafka clients that may do everything. */
    Map<String, Object> kafka() {
        try {
            return KafkaSecrets.in(dataDir.resolve("kafka"))
                    .client(AccessRules.ADMIN, settings.get("KAFKA_BOOTSTRAP_SERVERS"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Log of the process {@code name}. */
    Path log(String name) {
        return dataDir.resolve("log/" + name + ".log");
    }

    Path artifacts() {
        return Path.of(settings.get("TRAINYARD_ARTIFACTS_DIR"));
    }

    @Override
    public void close() throws IOException, InterruptedException {
        launcher.terminate();
        launcher.processes().forEach(ProcessHandle::destroyForcibly);
        FileTree.delete(dataDir);
    }
}
