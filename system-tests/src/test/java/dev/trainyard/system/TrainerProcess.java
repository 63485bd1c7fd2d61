package dev.trainyard.system;

import dev.trainyard.standalone.kafka.KafkaSecrets;
import dev.trainyard.standalone.platform.Ports;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A trainer that the test starts next to a platform without trainers. It has its own settings, is not restarted, and
 * its exit status can be read.
 */
final class TrainerProcess {
    private final String name;
    private final int port;
    private final Process process;

    private TrainerProcess(String name, int port, Process process) {
        this.name = name;
        this.port = port;
        this.process = process;
    }

    /** @param settings environment variables in addition to those of {@code gateway} */
    static TrainerProcess start(String name, Path dataDir, long gateway, Map<String, String> settings)
            throws IOException {
        Path module = Path.of("../trainer-worker").toAbsolutePath().normalize();
        int port = Ports.free();
        ProcessBuilder builder = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "@" + module.resolve("src/main/jvm/trainer.args"),
                        "-jar",
                        module.resolve("target/quarkus-app/quarkus-run.jar").toString()))
                .redirectErrorStream(true)
                .redirectOutput(dataDir.resolve("log/" + name + ".log").toFile());
        builder.environment().clear();
        builder.environment().putAll(environment(gateway));
        builder.environment().putAll(KafkaSecrets.in(dataDir.resolve("kafka")).environment("trainer"));
        builder.environment()
                .putAll(Map.of(
                        "TRAINYARD_WORKER_NAME",
                        name,
                        "TRAINYARD_DATASETS_DIR",
                        dataDir.resolve("datasets").toString(),
                        "QUARKUS_HTTP_PORT",
                        String.valueOf(port),
                        "OMP_NUM_THREADS",
                        "1"));
        builder.environment().putAll(settings);
        return new TrainerProcess(name, port, builder.start());
    }

    private static Map<String, String> environment(long pid) throws IOException {
        Map<String, String> environment = new HashMap<>();
        String all = Files.readString(Path.of("/proc/" + pid + "/environ"), StandardCharsets.ISO_8859_1);
        for (String variable : all.split("\0")) {
            int equals = variable.indexOf('=');
            if (equals > 0) {
                environment.put(variable.substring(0, equals), variable.substring(equals + 1));
            }
        }
        return environment;
    }

    String name() {
        return name;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Returns true if the trainer takes jobs. */
    boolean isReady() throws InterruptedException {
        URI health = URI.create("http://127.0.0.1:%d/q/health/ready".formatted(port));
        try {
            return HttpClient.newHttpClient()
                            .send(HttpRequest.newBuilder(health).build(), HttpResponse.BodyHandlers.discarding())
                            .statusCode()
                    == 200;
        } catch (IOException e) {
            return false; // not listening yet
        }
    }

    /** Sends SIGTERM. */
    void terminate() {
        process.destroy();
    }

    /** Waits up to {@code seconds} for the exit; returns the status. */
    int awaitExit(long seconds) throws InterruptedException {
        if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
            throw new AssertionError("%s did not end within %d s".formatted(name, seconds));
        }
        return process.exitValue();
    }
}
