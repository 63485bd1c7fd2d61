package dev.trainyard.benchmarks.variants;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.trainyard.artifact.ModelMetadata;
import dev.trainyard.artifact.ModelVariants.Trial;
import dev.trainyard.benchmarks.engine.BundledModel;
import dev.trainyard.benchmarks.engine.LocalTraining;
import dev.trainyard.benchmarks.report.Table;
import dev.trainyard.dataset.MnistNpz;
import dev.trainyard.job.Optimizer;
import dev.trainyard.job.TrainArgs;
import dev.trainyard.job.TrainingConfig;
import dev.trainyard.message.WireJson;
import dev.trainyard.trainer.run.HoldoutSplit;
import dev.trainyard.trainer.variant.ModelVariant;
import dev.trainyard.trainer.variant.VariantGate;
import dev.trainyard.trainer.variant.VariantGate.Measured;
import dev.trainyard.trainer.variant.VariantSelection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Main class of the JVM that {@link VariantsBenchmark} starts with a trainer's options. Argument: the clone. */
public final class VariantsBenchmarkProcess {
    private static final int MLP_EPOCHS = 5;

    private VariantsBenchmarkProcess() {}

    public static void main(String[] args) throws Exception {
        Path home = Path.of(args[0]);
        MnistNpz mnist = MnistNpz.read(home.resolve("data/mnist.npz"));
        Path folder = BundledModel.folder(home);
        ModelMetadata bundled =
                WireJson.mapper().readValue(Files.readAllBytes(folder.resolve("metadata.json")), ModelMetadata.class);
        LocalTraining.Published lenet5 =
                new LocalTraining.Published(Files.readAllBytes(folder.resolve("model.onnx")), bundled);
        LocalTraining.Published mlp = LocalTraining.run(home, mlpLike(bundled.config()));
        System.out.printf(
                "| network | form | file, bytes | accuracy | same answer | µs, 1 image | faster | µs, %d images | faster | served |%n",
                VariantGate.BATCH);
        System.out.println("|---|---|---|---|---|---|---|---|---|---|");
        measure("lenet5", lenet5, mnist);
        measure("mlp", mlp, mnist);
        System.exit(0); // native threads would keep the JVM alive
    }

    /** The README's network with fewer epochs, which do not affect its speed. */
    private static TrainingConfig mlpLike(TrainingConfig config) {
        return new TrainingConfig(
                config.dataset(),
                config.datasetArgs(),
                config.model(),
                "mlp",
                JsonNodeFactory.instance.objectNode(),
                new TrainArgs(32, MLP_EPOCHS, 0.001, Optimizer.ADAM, 42, 0.1),
                true,
                config.promote());
    }

    private static void measure(String network, LocalTraining.Published model, MnistNpz mnist)
            throws OrtException, IOException {
        TrainArgs args = model.metadata().config().trainArgs();
        HoldoutSplit holdout = HoldoutSplit.of(mnist.train(), args.validationSplit(), args.seed(), true);
        byte[] onnx = model.onnx();
        List<ModelVariant> levels = List.of(
                new ModelVariant("fp32, extended optimisations", onnx, OptLevel.EXTENDED_OPT),
                new ModelVariant("fp32, basic optimisations", onnx, OptLevel.BASIC_OPT),
                new ModelVariant("fp32, no optimisation", onnx, OptLevel.NO_OPT));
        ModelVariant all = new ModelVariant("fp32, all optimisations", onnx);
        print(network, all, levels, holdout, model.metadata());
        print(network, all, VariantSelection.all(onnx, holdout.training(), () -> {}), holdout, model.metadata());
    }

    private static void print(
            String network, ModelVariant model, List<ModelVariant> forms, HoldoutSplit holdout, ModelMetadata metadata)
            throws OrtException {
        List<Measured> measured = VariantGate.measure(
                model,
                forms,
                holdout.heldOut(),
                metadata.classes(),
                true,
                Optional.ofNullable(metadata.trust()),
                () -> {});
        for (Measured form : measured) {
            Trial trial = form.against(measured.get(0));
            boolean itself = form == measured.get(0);
            System.out.printf(
                    "| %s | %s | %,d | %s | %s | %s | %s | %s | %s | %s |%n",
                    network,
                    trial.variant(),
                    trial.bytes(),
                    Table.format("%.2f %%", 100 * Objects.requireNonNull(form.accuracy())),
                    Table.format("%.2f %%", 100 * Objects.requireNonNull(form.agreement())),
                    Table.format("%.1f", form.microsOne()),
                    Table.format("%.2f", trial.speedupOne()),
                    Table.format("%.1f", form.microsBatch()),
                    Table.format("%.2f", trial.speedupBatch()),
                    itself ? "yes" : trial.refused() == null ? "may be" : "no: " + trial.refused());
        }
    }
}
