package dev.trainyard.standalone.platform;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The three services as Maven builds them. */
enum ServiceJar {
    // Small heaps: all of them share one machine.
    GATEWAY("api-gateway", List.of("-Xmx512m", "-XX:+ExitOnOutOfMemoryError")),
    TRAINER("trainer-worker", List.of()),
    PREDICTOR("predictor-worker", List.of("-Xmx512m", "-XX:+ExitOnOutOfMemoryError"));

    private final String module;
    private final List<String> options;

    ServiceJar(String module, List<String> options) {
        this.module = module;
        this.options = options;
    }

    /** The command of one instance, from the clone in {@code home}. */
    List<String> command(Path home) throws IOException {
        Path jar = home.resolve(module).resolve("target/quarkus-app/quarkus-run.jar");
        if (!Files.exists(jar)) {
            throw new IOException("%s is missing; build it with mvn -DskipTests package.".formatted(jar));
        }
        List<String> command = new ArrayList<>();
        command.add(java());
        command.addAll(options);
        Path arguments = home.resolve(module).resolve("src/main/jvm/trainer.args");
        if (Files.exists(arguments)) {
            command.add("@" + arguments);
        }
        command.addAll(ownOptions());
        command.addAll(List.of("-jar", jar.toString()));
        return command;
    }

    /** What whoever starts the platform wants of each of its JVMs besides; the later of two options wins. */
    static List<String> ownOptions() {
        String options = System.getenv().getOrDefault("TRAINYARD_JAVA_OPTS", "").strip();
        return options.isEmpty() ? List.of() : List.of(options.split("\\s+"));
    }

    /** The JVM that runs the launcher. */
    static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }
}
