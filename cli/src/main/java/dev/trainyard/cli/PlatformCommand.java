package dev.trainyard.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * Commands that {@code ./trainyard} runs in the launcher instead of the client. They are declared here for help and
 * completion only.
 */
abstract class PlatformCommand implements Callable<Integer> {
    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @CommandLine.Unmatched
    private String[] rest;

    @Override
    public Integer call() throws CommandException {
        String name = spec.name();
        throw CommandException.usage(
                "%s is a command of the platform and must be the first word.".formatted(name),
                "Write ./trainyard %s and its own options behind; those of the client, such as --json and --quiet, are not for it."
                        .formatted(name));
    }

    @Command(name = "up", description = "Starts PostgreSQL, Kafka and all services here, until Ctrl-C.")
    static final class Up extends PlatformCommand {}

    @Command(name = "demo", description = "Starts all of it, trains, predicts, stops.")
    static final class Demo extends PlatformCommand {}

    @Command(name = "chaos", description = "Starts all of it and kills its parts, to see what it survives.")
    static final class Chaos extends PlatformCommand {}
}
