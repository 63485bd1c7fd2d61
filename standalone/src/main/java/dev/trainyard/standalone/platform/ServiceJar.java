package dev.trainyard.standalone.platform;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The three services as built by Maven. */
enum ServiceJar {
    // A third of the heap is for new objects, and each request makes many.
    GATEWAY("api-gateway", List.of("-Xms96m", "-Xmx512m", "-XX:+ExitOnOutOfMemoryError")),
    TRAINER("trainer-worker", List.of()),
    // A full heap leaves an error file, so that the next predictor does not blame a model for the crash.
    PREDICTOR("predictor-worker", List.of("-Xmx512m", "-XX:+CrashOnOutOfMemoryError"));

    private final String module;
    private final List<String> options;

    ServiceJar(String module, List<String> options) {
        this.module = module;
        this.options = options;
    }

    /**
     * Builds the command of one instance, from the clone in {@code home}.
     *
     * @param more further JVM options; later ones override earlier ones
     */
    List<String> command(Path home, List<String> more) throws IOException {
        Path jar = path(home);
        List<String> command = new ArrayList<>();
        command.add(java());
        command.addAll(JvmOptions.SMALL);
        if (this != TRAINER) {
            command.addAll(JvmOptions.COMPILE_LATE);
        }
        command.addAll(options);
        Path arguments = home.resolve(module).resolve("src/main/jvm/trainer.args");
        if (Files.exists(arguments)) {
            command.add("@" + arguments);
        }
        command.addAll(more);
        command.addAll(List.of("-jar", jar.toString()));
        return command;
    }

    /** The jar of the service built in {@code home}. */
    Path path(Path home) throws IOException {
        Path jar = home.resolve(module).resolve("target/quarkus-app/quarkus-run.jar");
        if (!Files.exists(jar)) {
            throw new IOException("%s is missing; build it with mvn -DskipTests package.".formatted(jar));
        }
        return jar;
    }

    /** Path of the JVM that runs the launcher. */
    static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }
}
