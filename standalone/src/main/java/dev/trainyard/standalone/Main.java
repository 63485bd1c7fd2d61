package dev.trainyard.standalone;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The commands that run the platform itself; {@code ./trainyard} calls it. */
@Command(
        name = "trainyard",
        mixinStandardHelpOptions = true,
        description = "Runs Trainyard on this machine.",
        subcommands = {UpCommand.class, DemoCommand.class, ChaosCommand.class})
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        CommandLine commands = new CommandLine(new Main());
        commands.setExecutionExceptionHandler((e, command, parsed) -> {
            System.err.println(e.getMessage() == null ? e.toString() : e.getMessage());
            return 1;
        });
        System.exit(commands.execute(args));
    }
}
