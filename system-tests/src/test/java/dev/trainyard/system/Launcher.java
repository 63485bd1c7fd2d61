package dev.trainyard.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** {@code trainyard up} as a separate process. */
final class Launcher {
    private static final Pattern READY = Pattern.compile("Trainyard is ready at (http://127\\.0\\.0\\.1:\\d+)");
    /** The launcher waits without a limit; a test must end. */
    static final Duration LIMIT = Duration.ofMinutes(10);

    private static final Pattern WORKERS = Pattern.compile("All trainers and predictors are ready\\.");

    private final Path dataDir;
    private final Path output;
    private final Process process;

    private Launcher(Path dataDir, Path output, Process process) {
        this.dataDir = dataDir;
        this.output = output;
        this.process = process;
    }

    static Launcher up(Path dataDir, String... options) throws IOException {
        return up(dataDir, Map.of(), options);
    }

    /** @param environment added to the environment of this test */
    static Launcher up(Path dataDir, Map<String, String> environment, String... options) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dtrainyard.home=" + Path.of("..").toAbsolutePath().normalize(),
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.trainyard.standalone.Main",
                "up",
                "--data-dir",
                dataDir.toString()));
        command.addAll(List.of(options));
        Path output = Files.createTempFile("trainyard-up", ".log");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        // clients of the user who runs these tests must not find this platform
        builder.environment().put("TRAINYARD_REGISTRY_DIR", dataDir + ".registry");
        builder.environment().putAll(environment);
        return new Launcher(dataDir, output, builder.start());
    }

    /** Waits until gateways, PostgreSQL and Kafka are ready; returns the URL. */
    String awaitReady() throws IOException, InterruptedException {
        return await(READY, LIMIT).group(1);
    }

    /** Waits until trainers and predictors are ready. */
    void awaitWorkers() throws IOException, InterruptedException {
        await(WORKERS, LIMIT);
    }

    Matcher await(Pattern line, Duration limit) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        boolean alive = true;
        while (alive && System.nanoTime() < deadline) {
            alive = process.isAlive(); // read before the output, so that the last lines are not missed
            Matcher found = line.matcher(output());
            if (found.find()) {
                return found;
            }
            Thread.sleep(100); // the file can only be polled
        }
        throw new AssertionError("the platform did not say %s: %s".formatted(line, output()));
    }

    /** URLs of all gateways. */
    List<String> urls() throws IOException {
        return Pattern.compile("http://127\\.0\\.0\\.1:\\d+(?=\\s)")
                .matcher(output())
                .results()
                .map(result -> result.group())
                .distinct()
                .toList();
    }

    String output() throws IOException {
        return Files.readString(output);
    }

    long pid(String name) throws IOException {
        return Long.parseLong(
                Files.readString(dataDir.resolve("run/" + name + ".pid")).strip());
    }

    ProcessHandle process(String name) throws IOException {
        return ProcessHandle.of(pid(name)).orElseThrow();
    }

    /** Kills the process {@code name} like {@code kill -9}. */
    void kill(String name) throws IOException {
        process(name).destroyForcibly();
    }

    /** Kills only the launcher. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Sends SIGTERM; returns the exit status. */
    int terminate() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("the launcher did not stop");
        }
        return process.exitValue();
    }

    int awaitExit() throws InterruptedException {
        if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("the launcher did not end");
        }
        return process.exitValue();
    }

    List<String> pidFiles() throws IOException {
        try (Stream<Path> files = Files.list(dataDir.resolve("run"))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(file -> file.endsWith(".pid"))
                    .map(file -> file.replace(".pid", ""))
                    .sorted()
                    .toList();
        }
    }

    /** Every process with this platform's data folder in its environment. */
    List<ProcessHandle> processes() {
        return ProcessHandle.allProcesses().filter(this::belongs).toList();
    }

    private boolean belongs(ProcessHandle handle) {
        try {
            return dataDir.toString().equals(ProcessEnvironment.of(handle).get("TRAINYARD_DATA_DIR"));
        } catch (IOException e) {
            return false; // exited, or owned by another user
        }
    }
}
