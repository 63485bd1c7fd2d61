package dev.trainyard.cli;

import dev.trainyard.dataset.DatasetConverter;
import dev.trainyard.dataset.DatasetException;
import dev.trainyard.dataset.DatasetManifest;
import dev.trainyard.dataset.Split;
import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code trainyard dataset …}. */
@Command(
        name = "dataset",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Prepares datasets.")
final class DatasetCommand implements Runnable {
    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "Which command?");
    }

    @Command(
            name = "convert",
            mixinStandardHelpOptions = true,
            description = "Converts MNIST's NumPy archive into TFRecord shards that trainers read.")
    int convert(
            @Parameters(paramLabel = "IN.npz", description = "Archive with x_train, y_train, x_test, y_test.") Path npz,
            @Parameters(paramLabel = "OUTDIR", description = "Folder for the shards; a dataset in it is replaced.")
                    Path outDir)
            throws DatasetException {
        long started = System.nanoTime();
        DatasetManifest manifest = DatasetConverter.convert(npz, outDir);
        spec.commandLine()
                .getOut()
                .printf(
                        Locale.ROOT,
                        "%,d training and %,d test images in %d shards, %.1f MB, in %s (%.1f s)%n",
                        manifest.size(Split.TRAIN),
                        manifest.size(Split.TEST),
                        manifest.shards().size(),
                        manifest.shards().stream()
                                        .mapToLong(DatasetManifest.Shard::bytes)
                                        .sum()
                                / 1e6,
                        outDir,
                        (System.nanoTime() - started) / 1e9);
        return 0;
    }
}
