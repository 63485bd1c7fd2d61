package dev.trainyard.cli;

import java.lang.reflect.Method;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * A command that only has commands, which are its methods: alone, it shows them. They are added by {@link #line}, so that
 * one that is asked for comes without the others.
 */
public abstract class CommandGroup implements Callable<Integer> {
    private final CommandContext context;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    protected CommandGroup(CommandContext context) {
        this.context = context;
    }

    /** With those of its commands that {@code route} needs. */
    final CommandLine line(CommandSelection route) {
        CommandLine line = new CommandLine(this);
        if (!route.includes(line.getCommandName())) {
            return line;
        }
        List<Method> methods = CommandLine.getCommandMethods(getClass(), null);
        Method only = named(methods, route.inner());
        for (Method method : only == null ? methods : List.of(only)) {
            line.addSubcommand(new CommandLine(method));
        }
        return line;
    }

    private static Method named(List<Method> methods, String name) {
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
