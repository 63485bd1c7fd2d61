package dev.trainyard.cli;

import dev.trainyard.cli.error.CommandException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * Commands that {@code ./trainyard} runs in the launcher instead of the client. They are declared here for help and
 * completion only.
 */
abstract class PlatformCommand implements Callable<Integer> {
    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @SuppressWarnings("unused") // lets picocli accept any arguments
    @CommandLine.Unmatched
    private String @Nullable [] rest;

    @Override
    public Integer call() throws CommandException {
        String name = spec.name();
        throw CommandException.usage(
                "%s is a launcher command and must be the first argument.".formatted(name),
                "Run ./trainyard %s followed by its own options; client options such as --json and --quiet do not apply."
                        .formatted(name));
    }

    @Command(name = "up", description = "Runs PostgreSQL, Kafka and all services until Ctrl-C.")
    static final class Up extends PlatformCommand {}

    @Command(name = "demo", description = "Starts the platform, trains, predicts and stops.")
    static final class Demo extends PlatformCommand {}

    @Command(name = "chaos", description = "Kills processes of a temporary platform and verifies that no job is lost.")
    static final class Chaos extends PlatformCommand {}
}
