package dev.trainyard.benchmarks.engine;

import dev.trainyard.artifact.ModelMetadata;
import dev.trainyard.artifact.ModelMetadataBuilder;
import dev.trainyard.message.WireJson;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/** Main class of the JVM that {@link BundledModel} starts with a trainer's options. Argument: the clone. */
public final class BundledModelTrainer {
    private BundledModelTrainer() {}

    public static void main(String[] args) throws Exception {
        Path home = Path.of(args[0]);
        Path folder = BundledModel.folder(home);
        ModelMetadata before =
                WireJson.mapper().readValue(Files.readAllBytes(folder.resolve("metadata.json")), ModelMetadata.class);
        LocalTraining.Published now = LocalTraining.run(home, before.config());
        Files.write(folder.resolve("model.onnx"), now.onnx());
        Files.write(folder.resolve("metadata.json"), WireJson.write(ofNoJob(now.metadata())));
        System.out.printf(
                "The weights are %s; acceptance, coverage and calibration on the test split: %s%n",
                now.metadata().weightsSha256().equals(before.weightsSha256())
                        ? "the same as before"
                        : "other ones than before",
                Objects.requireNonNull(now.metadata().trust(), "no trust pack").test());
        System.exit(0); // native threads would keep the JVM alive
    }

    /**
     * Omits job and variants, which a bundled model does not have. The confusion matrix is added by {@link
     * BundledConfusion}.
     */
    private static ModelMetadata ofNoJob(ModelMetadata m) {
        return ModelMetadataBuilder.builder(m)
                .jobKey(null)
                .variants(null)
                .confusion(null)
                .build();
    }
}
