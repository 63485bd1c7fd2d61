package dev.trainyard.cli.models;

import dev.trainyard.cli.command.CommandContext;
import dev.trainyard.cli.command.CommandGroup;
import dev.trainyard.cli.error.CommandException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code trainyard models …}. */
@Command(
        name = "models",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        addMethodSubcommands = false,
        description = "Lists, downloads, promotes, imports and deletes models.")
public final class ModelsCommand extends CommandGroup {
    private static final String NAME = "Name of the model.";
    private static final String YES = "Run the change. Without this option the command only shows what it would do.";
    private static final String DEFAULT_NAME = "DigitModel";

    public ModelsCommand(CommandContext context) {
        super(context);
    }

    @Command(name = "ls", mixinStandardHelpOptions = true, description = "Lists versions, the newest first.")
    int list(
            @Option(names = "--name", paramLabel = "NAME", description = "Only versions of this model.") String name,
            @Option(
                            names = "--limit",
                            paramLabel = "N",
                            defaultValue = "20",
                            description = "Maximum number (default 20).")
                    int limit,
            @Option(names = "--all", description = "List all.") boolean all)
            throws CommandException {
        return new ModelListPrinter(context()).print(name, all ? Integer.MAX_VALUE : limit);
    }

    @Command(
            name = "show",
            mixinStandardHelpOptions = true,
            description = "Shows a model's aliases and their history, or the details of one version.")
    int show(
            @Parameters(paramLabel = "NAME", arity = "0..1", defaultValue = DEFAULT_NAME, description = NAME)
                    String name,
            @Parameters(paramLabel = "VERSION", arity = "0..1", description = "Version number.") Integer version)
            throws CommandException {
        ModelDetailsPrinter sheet = new ModelDetailsPrinter(context());
        return version == null ? sheet.print(name) : sheet.print(name, version);
    }

    @Command(name = "download", mixinStandardHelpOptions = true, description = "Saves a version as an ONNX file.")
    int download(
            @Parameters(paramLabel = "NAME", arity = "0..1", defaultValue = DEFAULT_NAME, description = NAME)
                    String name,
            @Parameters(paramLabel = "VERSION", arity = "0..1", description = "Default: the version in production.")
                    Integer version,
            @Option(
                            names = {"-o", "--output"},
                            paramLabel = "FILE",
                            description = "Default: NAME-VERSION.onnx; - writes to standard output.")
                    String file)
            throws CommandException {
        return new ModelDownload(context()).save(name, version, file);
    }

    @Command(
            name = "promote",
            mixinStandardHelpOptions = true,
            description = "Moves production, or another alias, to a version.")
    int promote(
            @Parameters(paramLabel = "NAME", description = NAME) String name,
            @Parameters(paramLabel = "VERSION", description = "Version number.") int version,
            @Option(
                            names = "--alias",
                            paramLabel = "ALIAS",
                            defaultValue = "production",
                            description = "Default: production.")
                    String alias)
            throws CommandException {
        return new AliasMove(context()).promote(name, version, alias);
    }

    @Command(
            name = "rollback",
            mixinStandardHelpOptions = true,
            description = "Moves production, or another alias, back to its previous version.")
    int rollBack(
            @Parameters(paramLabel = "NAME", arity = "0..1", defaultValue = DEFAULT_NAME, description = NAME)
                    String name,
            @Option(
                            names = "--alias",
                            paramLabel = "ALIAS",
                            defaultValue = "production",
                            description = "Default: production.")
                    String alias)
            throws CommandException {
        return new AliasMove(context()).rollBack(name, alias);
    }

    @Command(
            name = "retire",
            mixinStandardHelpOptions = true,
            description = "Removes the production alias of a model, so that no version answers by default.")
    int retire(
            @Parameters(paramLabel = "NAME", description = NAME) String name,
            @Option(names = "--yes", description = YES) boolean yes)
            throws CommandException {
        return new ModelRemoval(context(), yes).retire(name);
    }

    @Command(
            name = "rm",
            mixinStandardHelpOptions = true,
            description = "Deletes a version that no alias points to or, without VERSION, the whole model.",
            footer = {"", "The lineage of deleted versions is kept; their files are deleted."})
    int remove(
            @Parameters(paramLabel = "NAME", description = NAME) String name,
            @Parameters(
                            paramLabel = "VERSION",
                            arity = "0..1",
                            description = "Version number; all versions by default.")
                    Integer version,
            @Option(names = "--yes", description = YES) boolean yes)
            throws CommandException {
        ModelRemoval removal = new ModelRemoval(context(), yes);
        return version == null ? removal.model(name) : removal.version(name, version);
    }

    @Command(
            name = "release",
            mixinStandardHelpOptions = true,
            description = "Releases a version from quarantine, so that predictors load it again.")
    int release(
            @Parameters(paramLabel = "NAME", description = NAME) String name,
            @Parameters(paramLabel = "VERSION", description = "Version number.") int version)
            throws CommandException {
        return new ModelRemoval(context(), true).release(name, version);
    }

    @Command(
            name = "import",
            mixinStandardHelpOptions = true,
            description = "Publishes a model that was trained elsewhere as the next version of a model.",
            footer = {
                "",
                "For administrators: TRAINYARD_ADMIN_TOKEN must hold the gateway's trainyard.admin.token.",
                "FILE is Keras 2 HDF5 (from model.save) or ONNX, opset 13 to 21, for 28x28 images with pixels from 0 to 1."
            })
    int importModel(
            @Parameters(paramLabel = "FILE", description = "weights.h5 or model.onnx") Path file,
            @Option(names = "--name", paramLabel = "NAME", description = "Name of the model. Default: DigitModel.")
                    String name,
            @Option(
                            names = "--reference",
                            paramLabel = "FILE.npz",
                            description =
                                    "NumPy archive of images (bytes) and the expected " + "probabilities (float32).")
                    Path reference)
            throws CommandException {
        return new ModelImport(context()).run(file, name, reference);
    }
}
