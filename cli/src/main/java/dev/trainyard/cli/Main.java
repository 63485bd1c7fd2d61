package dev.trainyard.cli;

import dev.trainyard.cli.access.AuditCommand;
import dev.trainyard.cli.access.LoginCommand;
import dev.trainyard.cli.access.LogoutCommand;
import dev.trainyard.cli.access.ProjectsCommand;
import dev.trainyard.cli.access.TokensCommand;
import dev.trainyard.cli.command.CommandContext;
import dev.trainyard.cli.command.CommandGroup;
import dev.trainyard.cli.command.CommandSelection;
import dev.trainyard.cli.completion.CompletionCommand;
import dev.trainyard.cli.dataset.DatasetCommand;
import dev.trainyard.cli.doctor.DoctorCommand;
import dev.trainyard.cli.jobs.JobsCommand;
import dev.trainyard.cli.jobs.TrainCommand;
import dev.trainyard.cli.models.ModelsCommand;
import dev.trainyard.cli.predict.PredictCommand;
import dev.trainyard.cli.studies.StudyCommand;
import dev.trainyard.cli.terminal.Stdout;
import dev.trainyard.cli.terminal.Terminal;
import dev.trainyard.settings.IntegerParser;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Entry point of the client, which {@code ./trainyard} starts. */
@Command(
        name = "trainyard",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        description = "An asynchronous training platform for handwritten digits.",
        footer = {
            "",
            "Start with:",
            "  ./trainyard up                        in one terminal, and in another:",
            "  ./trainyard train --epochs 2 --wait",
            "  ./trainyard predict example/8.png",
            "",
            "Exit status: 0 done, 1 failed, 2 usage, 3 not found, 4 unreachable, 5 cancelled, 124 timeout."
        })
public final class Main extends CommandGroup {
    /** In the order in which help lists them. */
    private static final List<String> NAMES = List.of(
            "train",
            "jobs",
            "study",
            "models",
            "predict",
            "dataset",
            "up",
            "demo",
            "chaos",
            "doctor",
            "login",
            "logout",
            "tokens",
            "audit",
            "projects",
            "completion",
            "help");

    /** Java knows this locale without loading a locale data file; it writes numbers with a decimal point. */
    private static final Locale OUTPUT_LOCALE = Locale.US;

    @SuppressWarnings("unused") // read by picocli
    @CommandLine.Mixin
    private final CommandContext options;

    private Main(CommandContext context) {
        super(context);
        this.options = context;
    }

    public static void main(String[] args) {
        System.exit(run(args));
    }

    /** Runs a command without ending the JVM; returns the exit status. */
    static int run(String... args) {
        Locale.setDefault(OUTPUT_LOCALE); // output must not depend on the user's country
        // help is printed before picocli parses the options
        Terminal terminal = Terminal.ofProcess();
        CommandContext context = new CommandContext(List.of(args).contains("--no-color") ? terminal.plain() : terminal);
        return commands(context, args).setOut(new Stdout().writer()).execute(args);
    }

    /** Builds the commands that {@code words} need. */
    static CommandLine commands(Terminal terminal, String... words) {
        return commands(new CommandContext(terminal), words);
    }

    private static CommandLine commands(CommandContext context, String... words) {
        CommandLine commands = new CommandLine(new Main(context));
        context.attach(commands);
        CommandSelection selection = CommandSelection.of(NAMES, words);
        for (String name : selection.commands()) {
            Object command = command(name, context);
            commands.addSubcommand(command instanceof CommandGroup group ? group.line(selection) : command);
        }
        setVersionProvider(commands);
        CommandErrorHandler failures = new CommandErrorHandler(context);
        commands.setExecutionExceptionHandler(failures);
        commands.setParameterExceptionHandler(failures);
        commands.setExecutionStrategy(failures);
        commands.registerConverter(int.class, new IntegerConverter());
        commands.registerConverter(Integer.class, new IntegerConverter());
        commands.setColorScheme(context.resultColours());
        commands.setExpandAtFiles(false); // @8.png is the name of an image, not a file of arguments
        commands.setOverwrittenOptionsAllowed(true); // the last value wins, so that a shell alias can be overridden
        return commands;
    }

    /** A class instead of a lambda, because the first lambda adds to the start time of every command. */
    private static final class IntegerConverter implements CommandLine.ITypeConverter<Integer> {
        @Override
        public Integer convert(String text) {
            try {
                return IntegerParser.parseInt(text);
            } catch (IllegalArgumentException e) {
                throw new CommandLine.TypeConversionException(e.getMessage());
            }
        }
    }

    private static Object command(String name, CommandContext context) {
        return switch (name) {
            case "train" -> new TrainCommand(context);
            case "jobs" -> new JobsCommand(context);
            case "study" -> new StudyCommand(context);
            case "models" -> new ModelsCommand(context);
            case "predict" -> new PredictCommand(context);
            case "dataset" -> new DatasetCommand(context);
            case "up" -> new PlatformCommand.Up();
            case "demo" -> new PlatformCommand.Demo();
            case "chaos" -> new PlatformCommand.Chaos();
            case "doctor" -> new DoctorCommand(context);
            case "login" -> new LoginCommand(context);
            case "logout" -> new LogoutCommand(context);
            case "tokens" -> new TokensCommand(context);
            case "audit" -> new AuditCommand(context);
            case "projects" -> new ProjectsCommand(context);
            case "completion" -> new CompletionCommand(context);
            case "help" -> new HelpCommand(context);
            default -> throw new IllegalArgumentException(name);
        };
    }

    /** The standard help mixin of each subcommand has its own version option, which would print nothing. */
    private static void setVersionProvider(CommandLine command) {
        for (CommandLine inner : command.getSubcommands().values()) {
            setVersionProvider(inner);
        }
        command.getCommandSpec().versionProvider(new Version());
    }

    /** Reads the version from the jar's manifest. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Optional.ofNullable(Main.class.getPackage().getImplementationVersion())
                    .orElse("from its classes");
            return new String[] {"trainyard " + version};
        }
    }
}
