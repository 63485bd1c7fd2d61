package dev.trainyard.cli;

import dev.trainyard.cli.completion.CompletionCommand;
import dev.trainyard.cli.dataset.DatasetCommand;
import dev.trainyard.cli.doctor.DoctorCommand;
import dev.trainyard.cli.jobs.JobsCommand;
import dev.trainyard.cli.jobs.TrainCommand;
import dev.trainyard.cli.models.ModelsCommand;
import dev.trainyard.cli.predict.PredictCommand;
import dev.trainyard.cli.terminal.Stdout;
import dev.trainyard.cli.terminal.Terminal;
import dev.trainyard.settings.IntegerParser;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The commands that bring no platform of their own; {@code ./trainyard} calls it. */
@Command(
        name = "trainyard",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        description = "An asynchronous training platform for handwritten digits.",
        footer = {
            "",
            "Begin with:",
            "  ./trainyard up                        in one terminal, and in another:",
            "  ./trainyard train --epochs 2 --wait",
            "  ./trainyard predict example/8.png",
            "",
            "Exit status: 0 done, 1 failed, 2 usage, 3 not found, 4 unreachable, 5 cancelled, 124 timeout."
        })
public final class Main extends CommandGroup {
    /** In the order in which help has them. */
    private static final List<String> NAMES = List.of(
            "train", "jobs", "models", "predict", "dataset", "up", "demo", "chaos", "doctor", "completion", "help");

    /** Of the locales that write figures with a point the one that Java knows without reading a table. */
    private static final Locale FIGURES = Locale.US;

    @CommandLine.Mixin
    private final Session options;

    private Main(Session session) {
        super(session);
        this.options = session;
    }

    public static void main(String[] args) {
        System.exit(run(args));
    }

    /** All that a process does, but for its end; the exit status. */
    static int run(String... args) {
        Locale.setDefault(FIGURES); // the same in every country
        // help is printed before options are heeded
        Terminal terminal = Terminal.ofProcess();
        Session session = new Session(List.of(args).contains("--no-color") ? terminal.plain() : terminal);
        return commands(session, args).setOut(new Stdout().writer()).execute(args);
    }

    /** What {@code words} need to be executed. */
    static CommandLine commands(Terminal terminal, String... words) {
        return commands(new Session(terminal), words);
    }

    private static CommandLine commands(Session session, String... words) {
        CommandLine commands = new CommandLine(new Main(session));
        session.attach(commands);
        Route route = Route.of(NAMES, words);
        for (String name : route.commands()) {
            Object command = command(name, session);
            commands.addSubcommand(command instanceof CommandGroup group ? group.line(route) : command);
        }
        giveVersion(commands);
        Failures failures = new Failures(session);
        commands.setExecutionExceptionHandler(failures);
        commands.setParameterExceptionHandler(failures);
        commands.setExecutionStrategy(failures);
        commands.registerConverter(int.class, new Number());
        commands.registerConverter(Integer.class, new Number());
        commands.setColorScheme(session.resultColours());
        commands.setExpandAtFiles(false); // @8.png is a file's name and not a file of words
        commands.setOverwrittenOptionsAllowed(true); // the last word counts, so that an alias can be corrected
        return commands;
    }

    /** A class rather than a lambda, which would cost every start. */
    private static final class Number implements CommandLine.ITypeConverter<Integer> {
        @Override
        public Integer convert(String text) {
            try {
                return IntegerParser.parseInt(text);
            } catch (IllegalArgumentException e) {
                throw new CommandLine.TypeConversionException(e.getMessage());
            }
        }
    }

    private static Object command(String name, Session session) {
        return switch (name) {
            case "train" -> new TrainCommand(session);
            case "jobs" -> new JobsCommand(session);
            case "models" -> new ModelsCommand(session);
            case "predict" -> new PredictCommand(session);
            case "dataset" -> new DatasetCommand(session);
            case "up" -> new PlatformCommand.Up();
            case "demo" -> new PlatformCommand.Demo();
            case "chaos" -> new PlatformCommand.Chaos();
            case "doctor" -> new DoctorCommand(session);
            case "completion" -> new CompletionCommand(session);
            case "help" -> new HelpCommand(session);
            default -> throw new IllegalArgumentException(name);
        };
    }

    /** The standard options of a command have one of their own, which would say nothing. */
    private static void giveVersion(CommandLine command) {
        for (CommandLine inner : command.getSubcommands().values()) {
            giveVersion(inner);
        }
        command.getCommandSpec().versionProvider(new Version());
    }

    /** Of the jar that runs. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Optional.ofNullable(Main.class.getPackage().getImplementationVersion())
                    .orElse("from its classes");
            return new String[] {"trainyard " + version};
        }
    }
}
