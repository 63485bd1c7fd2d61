package dev.trainyard.benchmarks.variants;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Measures ONNX Runtime's optimisation levels and the variants of published models; prints the tables of
 * docs/inference.md.
 */
public final class VariantsBenchmark {
    private VariantsBenchmark() {}

    /** @param home the clone */
    public static void run(Path home) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "@" + home.resolve("trainer-worker/src/main/jvm/trainer.args"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        VariantsBenchmarkProcess.class.getName(),
                        home.toString()))
                .inheritIO();
        builder.environment().put("OMP_NUM_THREADS", "1");
        int status = builder.start().waitFor();
        if (status != 0) {
            throw new IOException("the measurement ended with status " + status);
        }
    }
}
