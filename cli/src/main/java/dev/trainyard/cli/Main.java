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
    @CommandLine.Mixin
    private final Session options;

    private Main(Session session) {
        super(session);
        this.options = session;
    }

    public static void main(String[] args) {
        Locale.setDefault(Locale.ROOT); // figures are the same in every country
        // help is printed before options are heeded
        Terminal terminal = Terminal.ofProcess();
        Session session = new Session(List.of(args).contains("--no-color") ? terminal.plain() : terminal);
        CommandLine commands = commands(session).setOut(new Stdout().writer());
        System.exit(commands.execute(args));
    }

    static CommandLine commands(Terminal terminal) {
        return commands(new Session(terminal));
    }

    private static CommandLine commands(Session session) {
        CommandLine commands = new CommandLine(new Main(session));
        session.attach(commands);
        commands.addSubcommand(new TrainCommand(session));
        commands.addSubcommand(new JobsCommand(session));
        commands.addSubcommand(new ModelsCommand(session));
        commands.addSubcommand(new PredictCommand(session));
        commands.addSubcommand(new DatasetCommand(session));
        commands.addSubcommand(new PlatformCommand.Up());
        commands.addSubcommand(new PlatformCommand.Demo());
        commands.addSubcommand(new PlatformCommand.Chaos());
        commands.addSubcommand(new DoctorCommand(session));
        commands.addSubcommand(new CompletionCommand(session));
        commands.addSubcommand(new CommandLine.HelpCommand());
        giveVersion(commands);
        Failures failures = new Failures(session);
        commands.setExecutionExceptionHandler(failures);
        commands.setParameterExceptionHandler(failures);
        commands.setExecutionStrategy(failures::run);
        commands.setColorScheme(session.resultColours());
        commands.setExpandAtFiles(false); // @8.png is a file's name and not a file of words
        commands.setOverwrittenOptionsAllowed(true); // the last word counts, so that an alias can be corrected
        return commands;
    }

    /** The standard options of a command have one of their own, which would say nothing. */
    private static void giveVersion(CommandLine command) {
        command.getSubcommands().values().forEach(Main::giveVersion);
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
