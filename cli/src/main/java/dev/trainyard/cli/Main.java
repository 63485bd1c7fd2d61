package dev.trainyard.cli;

import dev.trainyard.cli.completion.CompletionCommand;
import dev.trainyard.cli.dataset.DatasetCommand;
import dev.trainyard.cli.doctor.DoctorCommand;
import dev.trainyard.cli.jobs.JobsCommand;
import dev.trainyard.cli.jobs.TrainCommand;
import dev.trainyard.cli.models.ModelsCommand;
import dev.trainyard.cli.predict.PredictCommand;
import dev.trainyard.cli.terminal.Terminal;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;

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
    private final Session session;

    private Main(Session session) {
        this.session = session;
    }

    public static void main(String[] args) {
        Terminal terminal = Terminal.ofProcess();
        CommandLine commands = commands(terminal);
        if (List.of(args).contains("--no-color")) { // help is printed before options are heeded
            commands.setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF));
        }
        System.exit(commands.execute(args));
    }

    static CommandLine commands() {
        return commands(Terminal.NONE);
    }

    static CommandLine commands(Terminal terminal) {
        Session session = new Session(terminal);
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
        Failures failures = new Failures(session);
        commands.setExecutionExceptionHandler(failures);
        commands.setParameterExceptionHandler(failures);
        commands.setColorScheme(CommandLine.Help.defaultColorScheme(terminal.results() && terminal.colours() ? Ansi.ON : Ansi.OFF));
        return commands;
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
