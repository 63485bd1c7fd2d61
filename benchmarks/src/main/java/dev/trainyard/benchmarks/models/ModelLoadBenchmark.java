package dev.trainyard.benchmarks.models;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Measures a predictor's memory over many loads and unloads of model versions, in a separate process. */
public final class ModelLoadBenchmark {
    private ModelLoadBenchmark() {}

    /** @param home the clone */
    public static void run(Path home) throws IOException, InterruptedException {
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                // the heap is committed from the start, so that only native memory can grow
                "-Xms128m",
                "-Xmx128m",
                "-XX:+AlwaysPreTouch",
                "-XX:+UseSerialGC",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
                "-cp",
                System.getProperty("java.class.path"),
                ModelLoadBenchmarkProcess.class.getName(),
                home.toString());
        int status = new ProcessBuilder(command).inheritIO().start().waitFor();
        if (status != 0) {
            throw new IOException("the run ended with status " + status);
        }
    }
}
