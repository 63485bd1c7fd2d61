package dev.trainyard.benchmarks.storage;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Compares an artifact store in S3, served by S3Mock on loopback, to one in files, in a process of its own. */
public final class StorageBenchmark {
    private StorageBenchmark() {}

    /** @param home the clone */
    public static void run(Path home) throws IOException, InterruptedException {
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@" + home.resolve("trainer-worker/src/main/jvm/trainer.args"),
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
                "-cp",
                System.getProperty("java.class.path"),
                StorageBenchmarkProcess.class.getName());
        int status = new ProcessBuilder(command).inheritIO().start().waitFor();
        if (status != 0) {
            throw new IOException("the run ended with status " + status);
        }
    }
}
