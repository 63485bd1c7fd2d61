package dev.trainyard.cli.dataset;

import dev.trainyard.cli.command.CommandContext;
import dev.trainyard.cli.command.CommandGroup;
import dev.trainyard.cli.error.CommandException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code trainyard dataset …}: works on local files, without a gateway. */
@Command(
        name = "dataset",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        addMethodSubcommands = false,
        description = "Converts, lists and checks datasets on this machine.")
public final class DatasetCommand extends CommandGroup {
    public DatasetCommand(CommandContext context) {
        super(context);
    }

    @Command(
            name = "convert",
            mixinStandardHelpOptions = true,
            description = "Converts MNIST's NumPy archive into TFRecord shards that trainers read.")
    int convert(
            @Parameters(paramLabel = "IN.npz", description = "Archive with x_train, y_train, x_test, y_test.") Path npz,
            @Parameters(paramLabel = "OUTDIR", description = "Folder for the shards; a dataset in it is replaced.")
                    Path outDir)
            throws CommandException {
        return new DatasetOperations(context().console()).convert(npz, outDir);
    }

    @Command(name = "ls", mixinStandardHelpOptions = true, description = "Lists the datasets in a folder.")
    int list(
            @Parameters(
                            paramLabel = "DIR",
                            arity = "0..1",
                            description = "Default: $TRAINYARD_DATASETS_DIR or .trainyard/datasets in the clone.")
                    Path dir)
            throws CommandException {
        return new DatasetOperations(context().console()).list(dir);
    }

    @Command(name = "show", mixinStandardHelpOptions = true, description = "Shows a dataset's splits and shards.")
    int show(
            @Parameters(paramLabel = "DATASET", description = "Folder, or a name from dataset ls.") String name,
            @Option(names = "--check", description = "Read the whole dataset and check every CRC and digest.")
                    boolean check)
            throws CommandException {
        return new DatasetOperations(context().console()).show(name, check);
    }
}
