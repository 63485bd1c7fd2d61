package dev.trainyard.benchmarks.studies;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.trainyard.benchmarks.peers.PeerEnvironments;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Optuna's TPE with its defaults, in a process that asks for the value of each point. */
final class OptunaSearch implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final TestFunction function;
    private final int trials;
    private final Process process;
    private final PrintWriter input;
    private final BufferedReader output;

    OptunaSearch(PeerEnvironments environments, TestFunction function, int trials)
            throws IOException, InterruptedException {
        this.function = function;
        this.trials = trials;
        process = environments
                .python(
                        "optuna",
                        List.of("search_optuna.py", String.valueOf(function.dimensions), String.valueOf(trials)))
                .redirectError(environments.log("search-optuna").toFile())
                .start();
        input = new PrintWriter(process.outputWriter(StandardCharsets.UTF_8), true);
        output = process.inputReader(StandardCharsets.UTF_8);
    }

    /** Runs a study, and returns its smallest value. */
    double smallest(long seed) throws IOException {
        double smallest = Double.POSITIVE_INFINITY;
        input.println(seed);
        for (int i = 0; i < trials; i++) {
            String line = output.readLine();
            if (line == null) {
                throw new IOException("Optuna ended; its errors are in the log search-optuna");
            }
            double value = function.at(JSON.readValue(line, double[].class));
            smallest = Math.min(smallest, value);
            input.println(value);
        }
        return smallest;
    }

    @Override
    public void close() {
        input.close();
        process.destroy();
    }
}
