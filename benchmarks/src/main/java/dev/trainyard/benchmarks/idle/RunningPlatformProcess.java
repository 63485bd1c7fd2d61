package dev.trainyard.benchmarks.idle;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** {@code ./trainyard up} as a user starts it, in a process of its own. */
final class RunningPlatformProcess implements AutoCloseable {
    private static final String READY = "All trainers and predictors are ready.";
    private static final long STOP_SECONDS = 120;

    private final Process launcher;
    private final Path data;

    private RunningPlatformProcess(Process launcher, Path data) {
        this.launcher = launcher;
        this.data = data;
    }

    /** Starts a platform in {@code data} and waits until its gateway, trainer and predictor are ready. */
    static RunningPlatformProcess start(Path home, Path data, int port) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                        home.resolve("trainyard").toString(),
                        "up",
                        "--data-dir",
                        data.toString(),
                        "--port",
                        String.valueOf(port))
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        // clients of this user must not find the measured platform
        builder.environment().put("TRAINYARD_REGISTRY_DIR", data.toString());
        RunningPlatformProcess started = new RunningPlatformProcess(builder.start(), data);
        try {
            started.awaitReady();
            return started;
        } catch (IOException e) {
            started.close();
            throw e;
        }
    }

    private void awaitReady() throws IOException {
        BufferedReader output = launcher.inputReader();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            System.err.println(line);
            if (line.startsWith(READY)) {
                return;
            }
        }
        throw new IOException("the platform ended before it was ready");
    }

    /** Usage of each part by name; the launcher is counted without the processes that it supervises. */
    Map<String, ProcessUsage> usage() throws IOException {
        Map<String, ProcessUsage> parts = new LinkedHashMap<>();
        List<Path> files;
        try (Stream<Path> run = Files.list(data.resolve("run"))) {
            files = run.filter(file -> file.toString().endsWith(".pid"))
                    .sorted()
                    .toList();
        }
        for (Path file : files) {
            long pid = Long.parseLong(Files.readString(file).strip());
            ProcessHandle process = ProcessHandle.of(pid)
                    .orElseThrow(() -> new IOException("%s has exited".formatted(file.getFileName())));
            parts.put(file.getFileName().toString().replace(".pid", ""), ProcessUsage.ofTree(process));
        }
        parts.put("launcher", ProcessUsage.of(List.of(launcher.toHandle())));
        return parts;
    }

    /** Stops the platform as Ctrl-C does and waits for it. */
    @Override
    public void close() throws IOException {
        launcher.destroy();
        try {
            if (!launcher.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException("the platform did not stop within %d s".formatted(STOP_SECONDS));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
