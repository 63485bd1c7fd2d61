package dev.trainyard.benchmarks.engine;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;

/** A JVM of {@link EnginesBenchmarkProcess} that has warmed up. */
final class EngineJvm {
    private final Process process;
    private final BufferedReader lines;

    /** @param home the clone */
    EngineJvm(Path home, String engine, String network, int batchSize, int threads) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "@" + home.resolve("trainer-worker/src/main/jvm/trainer.args"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        EnginesBenchmarkProcess.class.getName(),
                        engine,
                        network,
                        home.resolve("data/mnist.npz").toString(),
                        Integer.toString(batchSize),
                        Integer.toString(threads))
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("OMP_NUM_THREADS", "1");
        process = builder.start();
        lines = process.inputReader();
        await(EnginesBenchmarkProcess.READY);
    }

    /** Starts the measured training. */
    void start() throws IOException {
        process.outputWriter().append('\n').flush();
    }

    /** Waits for its end; returns samples per second. */
    double rate() throws IOException, InterruptedException {
        String rate = await(EnginesBenchmarkProcess.MARK);
        process.waitFor();
        return Double.parseDouble(rate);
    }

    /** Waits for a line; returns what follows its mark. */
    private String await(String mark) throws IOException {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith(mark)) {
                return line.substring(mark.length());
            }
        }
        throw new IOException("the JVM of an engine ended without \"%s\"".formatted(mark.strip()));
    }
}
