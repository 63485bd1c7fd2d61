package dev.trainyard.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine;

/** A command that only has commands: alone, it shows them. */
public abstract class CommandGroup implements Callable<Integer> {
    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public final Integer call() {
        spec.commandLine().usage(spec.commandLine().getErr());
        return ExitCodes.USAGE;
    }
}
