package dev.trainyard.benchmarks.peers;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What one process that trained has printed: lines {@code rate SAMPLES_PER_SECOND CORES}, one per epoch, and {@code
 * accuracy SHARE}.
 *
 * @param rate of the second epoch; the first one compiles
 * @param cores processor time of that epoch divided by its time
 * @param accuracy on the test images
 * @param seconds from the start of the process to its end
 */
record MeasuredTraining(double rate, double cores, double accuracy, double seconds) {
    static final String RATE = "rate";
    static final String ACCURACY = "accuracy";

    /** @param log for the error output */
    static MeasuredTraining of(ProcessBuilder builder, Path log) throws IOException, InterruptedException {
        List<String[]> rates = new ArrayList<>();
        double accuracy = Double.NaN;
        long started = System.nanoTime();
        Process process = builder.redirectError(log.toFile()).start();
        try (BufferedReader lines = process.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] words = line.split(" ");
                if (words[0].equals(RATE)) {
                    rates.add(words);
                } else if (words[0].equals(ACCURACY)) {
                    accuracy = Double.parseDouble(words[1]);
                }
            }
        }
        int status = process.waitFor();
        double seconds = (System.nanoTime() - started) / 1e9;
        if (status != 0 || rates.size() < 2 || Double.isNaN(accuracy)) {
            throw new IOException("a training ended with status %d; its output is in %s".formatted(status, log));
        }
        String[] second = rates.get(1);
        return new MeasuredTraining(Double.parseDouble(second[1]), Double.parseDouble(second[2]), accuracy, seconds);
    }
}
