package dev.trainyard.benchmarks.studies;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.trainyard.artifact.FileArtifactStore;
import dev.trainyard.artifact.FileTree;
import dev.trainyard.benchmarks.engine.LocalTraining;
import dev.trainyard.job.TrainingConfig;
import dev.trainyard.job.TrainingConfigReader;
import dev.trainyard.trainer.data.ShardDatasets;
import dev.trainyard.trainer.run.Engines;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Main class of a JVM that trains configurations with the vector engine. Argument: folder of the datasets. Reads one
 * configuration as JSON in each line, and prints a line with {@link #MARK} and the curve for each.
 */
public final class SearchTrainingProcess {
    static final String MARK = "CURVE ";
    private static final ObjectMapper JSON = new ObjectMapper();

    private SearchTrainingProcess() {}

    public static void main(String[] args) throws IOException {
        ShardDatasets datasets = new ShardDatasets(Path.of(args[0]), Optional.empty());
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            System.out.println(MARK + curve(datasets, line));
        }
        System.exit(0); // native threads would keep the JVM alive
    }

    /** A training that diverges has a curve that ends early, and no test accuracy. */
    private static ObjectNode curve(ShardDatasets datasets, String json) throws IOException {
        TrainingConfig config = ((TrainingConfigReader.Valid) TrainingConfigReader.read(JSON.readTree(json))).config();
        ObjectNode result = JSON.createObjectNode();
        ArrayNode epochs = result.putArray("validation_accuracy");
        ArrayNode seconds = result.putArray("seconds");
        Path artifacts = Files.createTempDirectory("trainyard-search");
        try {
            var success = LocalTraining.train(
                    datasets, Engines.found(List.of("vector"), 1), new FileArtifactStore(artifacts), config, epoch -> {
                        epochs.add(Objects.requireNonNull(epoch.validation()).accuracy());
                        seconds.add(epoch.seconds());
                    });
            result.put("test_accuracy", success.result().test().accuracy());
        } catch (IOException e) {
            System.err.println(e.getMessage());
        } finally {
            FileTree.delete(artifacts);
        }
        return result;
    }
}
