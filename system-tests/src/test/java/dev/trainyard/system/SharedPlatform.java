package dev.trainyard.system;

import dev.trainyard.artifact.FileTree;
import dev.trainyard.standalone.chaos.ChaosClient;
import dev.trainyard.standalone.chaos.Faults;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Two gateways, two trainers and a predictor, with the leases of {@code pom.xml}. The first class that asks starts it
 * and it stops after the last one, because a start costs half a minute.
 */
final class SharedPlatform implements AutoCloseable {
    private final Path dataDir;
    private final Launcher launcher;
    private final Map<String, String> settings;
    private final ChaosClient client;
    private final Faults faults;
    private final List<Gateway> gateways = new ArrayList<>();

    private SharedPlatform(Path dataDir, Launcher launcher) throws IOException {
        this.dataDir = dataDir;
        this.launcher = launcher;
        this.settings = ProcessEnvironment.of(launcher.process("gateway-1"));
        this.client = new ChaosClient(launcher.urls());
        this.faults = new Faults(dataDir.resolve("run"));
        for (String name : List.of("gateway-1", "gateway-2")) {
            String port = ProcessEnvironment.of(launcher.process(name)).get("QUARKUS_HTTP_PORT");
            gateways.add(new Gateway("http://127.0.0.1:" + port));
        }
    }

    static SharedPlatform of(ExtensionContext context) {
        return context.getRoot()
                .getStore(ExtensionContext.Namespace.GLOBAL)
                .computeIfAbsent(SharedPlatform.class, asked -> start(), SharedPlatform.class);
    }

    private static SharedPlatform start() {
        try {
            Path dataDir = Files.createTempDirectory("trainyard-faults");
            Launcher launcher = Launcher.up(dataDir, "--gateways", "2", "--trainers", "2");
            try {
                launcher.awaitReady();
                return new SharedPlatform(dataDir, launcher);
            } catch (IOException | InterruptedException | AssertionError e) {
                launcher.terminate();
                throw e;
            }
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException("the platform did not start", e);
        }
    }

    Launcher launcher() {
        return launcher;
    }

    /** Of all gateways: where one does not answer, the other is asked. */
    ChaosClient client() {
        return client;
    }

    Faults faults() {
        return faults;
    }

    /** The gateway {@code gateway-NUMBER}; a restart leaves it its port. */
    Gateway gateway(int number) {
        return gateways.get(number - 1);
    }

    Database database() {
        return Database.of(settings);
    }

    /** Client configuration that reaches the broker. */
    Map<String, Object> kafka() {
        return Map.of("bootstrap.servers", settings.get("KAFKA_BOOTSTRAP_SERVERS"));
    }

    /** What the process {@code name} has said so far. */
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
