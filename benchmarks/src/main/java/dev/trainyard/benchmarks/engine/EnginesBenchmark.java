package dev.trainyard.benchmarks.engine;

import dev.trainyard.benchmarks.report.Table;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Compares the vector engine to DL4J: samples/s of one thread with batches of 32, each in a JVM of its own. */
public final class EnginesBenchmark {
    private static final int TURNS = 3;
    private static final List<String> ENGINES = List.of("vector", "dl4j");

    private EnginesBenchmark() {}

    /** @param home the clone */
    public static void run(Path home) throws IOException, InterruptedException {
        for (String network : List.of("lenet5", "mlp")) {
            Map<String, List<Double>> rates = new HashMap<>();
            // in turns, so that noise of the machine affects both
            for (int turn = 0; turn < TURNS; turn++) {
                for (String engine : ENGINES) {
                    rates.computeIfAbsent(engine, id -> new ArrayList<>()).add(rate(home, engine, network));
                }
            }
            double vector = Table.median(rates.get("vector"));
            double dl4j = Table.median(rates.get("dl4j"));
            Table.row(
                    "train " + network + ", batch 32: vector engine against DL4J",
                    Table.format("%,.0f samples/s", vector),
                    Table.format("%,.0f samples/s", dl4j),
                    Table.format("%.2f", vector / dl4j),
                    "> 1");
        }
    }

    private static double rate(Path home, String engine, String network) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "@" + home.resolve("trainer-worker/src/main/jvm/trainer.args"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        EnginesBenchmarkProcess.class.getName(),
                        engine,
                        network,
                        home.resolve("data/mnist.npz").toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("OMP_NUM_THREADS", "1");
        Process process = builder.start();
        double rate = 0;
        try (BufferedReader lines = process.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith(EnginesBenchmarkProcess.MARK)) {
                    rate = Double.parseDouble(line.substring(EnginesBenchmarkProcess.MARK.length()));
                }
            }
        }
        if (process.waitFor() != 0) {
            throw new IOException("the JVM of engine %s ended with status %d".formatted(engine, process.exitValue()));
        }
        return rate;
    }
}
