package dev.trainyard.standalone;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Entry point of the launcher's commands, which {@code ./trainyard} starts. */
@Command(
        name = "trainyard",
        mixinStandardHelpOptions = true,
        description = "Runs Trainyard on this machine.",
        subcommands = {UpCommand.class, DemoCommand.class})
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        System.exit(commands().execute(args));
    }

    static CommandLine commands() {
        return LauncherCommands.of(new Main());
    }
}
