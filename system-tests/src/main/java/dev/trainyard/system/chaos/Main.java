package dev.trainyard.system.chaos;

import dev.trainyard.standalone.LauncherCommands;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Entry point of {@code ./trainyard chaos}. */
@Command(
        name = "trainyard",
        mixinStandardHelpOptions = true,
        description = "Tests Trainyard on this machine.",
        subcommands = ChaosCommand.class)
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        System.exit(commands().execute(args));
    }

    static CommandLine commands() {
        return LauncherCommands.of(new Main());
    }
}
