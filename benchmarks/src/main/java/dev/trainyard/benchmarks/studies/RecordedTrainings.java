package dev.trainyard.benchmarks.studies;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.trainyard.benchmarks.drain.MnistSubset;
import dev.trainyard.dataset.DatasetConverter;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Curves of whole trainings. They are stored, so that an interrupted benchmark continues and one with more seeds trains
 * only what is new.
 */
final class RecordedTrainings {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path home;
    private final Path file;
    private final Path datasets;
    private final ObjectNode curves;

    /**
     * @param home the clone
     * @param images of MNIST to train with, and a sixth as many to test; at most 60,000
     */
    RecordedTrainings(Path home, int images) throws IOException {
        this.home = home;
        Path folder = Files.createDirectories(home.resolve("benchmarks/target/search-" + images));
        this.file = folder.resolve("curves.json");
        this.datasets = folder.resolve("datasets");
        this.curves = Files.exists(file) ? (ObjectNode) JSON.readTree(file.toFile()) : JSON.createObjectNode();
        Path archive = folder.resolve("images.npz");
        MnistSubset.write(home.resolve("data/mnist.npz"), archive, images, images / 6);
        DatasetConverter.ensure(archive, datasets.resolve(DatasetConverter.MNIST));
    }

    /** Returns the curve of each configuration; missing ones are trained, one on each processor. */
    List<JsonNode> of(List<JsonNode> configurations) throws Exception {
        List<JsonNode> missing = configurations.stream()
                .filter(configuration -> !curves.has(configuration.toString()))
                .toList();
        int processes = Math.min(Runtime.getRuntime().availableProcessors(), missing.size());
        ExecutorService pool = Executors.newFixedThreadPool(Math.max(1, processes));
        try {
            List<Future<?>> shares = new ArrayList<>();
            for (int i = 0; i < processes; i++) {
                List<JsonNode> share = new ArrayList<>();
                for (int j = i; j < missing.size(); j += processes) {
                    share.add(missing.get(j));
                }
                shares.add(pool.submit(() -> train(share)));
            }
            for (Future<?> share : shares) {
                share.get();
            }
        } finally {
            pool.shutdownNow();
        }
        return configurations.stream()
                .map(configuration -> curves.get(configuration.toString()))
                .toList();
    }

    private void train(List<JsonNode> configurations) {
        try {
            Process process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "@" + home.resolve("trainer-worker/src/main/jvm/trainer.args"),
                            "-cp",
                            System.getProperty("java.class.path"),
                            SearchTrainingProcess.class.getName(),
                            datasets.toString())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            try (Writer requests = process.outputWriter();
                    BufferedReader lines = process.inputReader()) {
                for (JsonNode configuration : configurations) {
                    requests.append(configuration.toString()).append('\n').flush();
                    store(configuration, JSON.readTree(curve(lines)));
                }
            } finally {
                process.destroy();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String curve(BufferedReader lines) throws IOException {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith(SearchTrainingProcess.MARK)) {
                return line.substring(SearchTrainingProcess.MARK.length());
            }
        }
        throw new IOException("a process that trains has ended");
    }

    private synchronized void store(JsonNode configuration, JsonNode curve) throws IOException {
        curves.set(configuration.toString(), curve);
        JSON.writeValue(file.toFile(), curves);
        System.err.printf("%d trainings are recorded%n", curves.size());
    }
}
