package dev.trainyard.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The commands that bring no platform of their own; {@code ./trainyard} calls it. */
@Command(
        name = "trainyard",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "An asynchronous training platform for handwritten digits.",
        footer = {
            "",
            "Commands of the platform itself:",
            "  up       Start PostgreSQL, Kafka and all services here, until Ctrl-C.",
            "  demo     Start all of it, train, predict, stop."
        },
        subcommands = {DatasetCommand.class, ModelsCommand.class})
public final class Main implements Runnable {
    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    private Main() {}

    public static void main(String[] args) {
        System.exit(commands().execute(args));
    }

    static CommandLine commands() {
        CommandLine commands = new CommandLine(new Main());
        commands.setExecutionExceptionHandler((e, command, parsed) -> {
            command.getErr().println(e.getMessage() == null ? e.toString() : e.getMessage());
            return e instanceof CommandFailure failure ? failure.getExitCode() : CommandLine.ExitCode.SOFTWARE;
        });
        return commands;
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "Which command?");
    }
}
