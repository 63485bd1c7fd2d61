package dev.trainyard.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine;

/** A command that only has commands: alone, it shows them. */
public abstract class CommandGroup implements Callable<Integer> {
    private final Session session;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    protected CommandGroup(Session session) {
        this.session = session;
    }

    @Override
    public final Integer call() {
        spec.commandLine().usage(spec.commandLine().getErr(), session.errorColours());
        return ExitCodes.USAGE;
    }

    protected final Session session() {
        return session;
    }
}
