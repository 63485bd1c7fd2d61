package dev.trainyard.cli;

import dev.trainyard.cli.terminal.Console;
import dev.trainyard.cli.terminal.Stdout;
import dev.trainyard.validation.Suggestion;
import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/** Where every failure of a command becomes words and an exit status. */
final class CommandErrorHandler
        implements CommandLine.IExecutionStrategy,
                CommandLine.IExecutionExceptionHandler,
                CommandLine.IParameterExceptionHandler {
    private final CommandContext context;

    CommandErrorHandler(CommandContext context) {
        this.context = context;
    }

    /** Runs a command; help that it prints is no command's, so its failures come here and not to a handler. */
    @Override
    public int execute(CommandLine.ParseResult parsed) {
        try {
            return new CommandLine.RunLast().execute(parsed);
        } catch (Stdout.WriteFailedException e) {
            return handleWriteFailure(e, context.console());
        }
    }

    @Override
    public int handleExecutionException(Exception e, CommandLine command, CommandLine.ParseResult parsed) {
        Console console = context.console();
        if (e instanceof CommandException failure) {
            console.error(failure.getMessage(), failure.advice());
            return failure.exitCode();
        }
        if (e instanceof Stdout.WriteFailedException handleWriteFailure) {
            return handleWriteFailure(handleWriteFailure, console);
        }
        String advice = context.isVerbose() ? null : "That should not happen; -v shows where it came from.";
        console.error(e.getMessage() == null ? e.toString() : e.getMessage(), advice);
        if (context.isVerbose()) {
            StringWriter trace = new StringWriter();
            e.printStackTrace(new PrintWriter(trace));
            console.detail(trace.toString());
        }
        return ExitCodes.FAILED;
    }

    /** Whoever stops reading wants no more, and so no words about it either. */
    private static int handleWriteFailure(Stdout.WriteFailedException e, Console console) {
        if (e.isClosedPipe()) {
            return ExitCodes.CLOSED_PIPE;
        }
        console.error(e.getMessage(), null);
        return ExitCodes.FAILED;
    }

    /** What somebody may have meant; empty where nothing is like it. */
    private static String suggestion(CommandLine.ParameterException e) {
        if (!(e instanceof CommandLine.UnmatchedArgumentException unmatched)) {
            return "";
        }
        String word = unmatched.getUnmatched().get(0);
        CommandLine.Model.CommandSpec command = e.getCommandLine().getCommandSpec();
        return unmatched.isUnknownOption()
                ? Suggestion.question(
                        word.replaceFirst("=.*", ""), command.optionsMap().keySet())
                : Suggestion.question(word, command.subcommands().keySet());
    }

    @Override
    public int handleParseException(CommandLine.ParameterException e, String[] args) {
        String name = e.getCommandLine().getCommandSpec().qualifiedName();
        String help = "./%s --help says what can be written.".formatted(name);
        context.console().error(e.getMessage(), suggestion(e) + help);
        return ExitCodes.USAGE;
    }
}
