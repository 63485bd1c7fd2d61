package dev.trainyard.cli.command;

import dev.trainyard.cli.error.ExitCodes;
import java.lang.reflect.Method;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * A command that only has subcommands, which are its methods. Without a subcommand it prints their list. They are added
 * by {@link #line}, so that a single one can be built without the others.
 */
public abstract class CommandGroup implements Callable<Integer> {
    private final CommandContext context;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    protected CommandGroup(CommandContext context) {
        this.context = context;
    }

    /** Builds this command with those of its subcommands that {@code selection} contains. */
    public final CommandLine line(CommandSelection selection) {
        CommandLine line = new CommandLine(this);
        if (!selection.includes(line.getCommandName())) {
            return line;
        }
        List<Method> methods = CommandLine.getCommandMethods(getClass(), null);
        Method only = named(methods, selection.inner());
        for (Method method : only == null ? methods : List.of(only)) {
            line.addSubcommand(new CommandLine(method));
        }
        return line;
    }

    private static @Nullable Method named(List<Method> methods, @Nullable String name) {
        for (Method method : methods) {
            if (method.getAnnotation(Command.class).name().equals(name)) {
                return method;
            }
        }
        return null;
    }

    @Override
    public final Integer call() {
        spec.commandLine().usage(spec.commandLine().getErr(), context.errorColours());
        return ExitCodes.USAGE;
    }

    protected final CommandContext context() {
        return context;
    }
}
