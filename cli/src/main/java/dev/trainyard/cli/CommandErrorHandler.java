package dev.trainyard.cli;

import dev.trainyard.cli.command.CommandContext;
import dev.trainyard.cli.error.CommandException;
import dev.trainyard.cli.error.ExitCodes;
import dev.trainyard.cli.terminal.Console;
import dev.trainyard.cli.terminal.Stdout;
import dev.trainyard.validation.SpellingSuggestion;
import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/** Turns every failure of a command into an error message and an exit status. */
final class CommandErrorHandler
        implements CommandLine.IExecutionStrategy,
                CommandLine.IExecutionExceptionHandler,
                CommandLine.IParameterExceptionHandler {
    private final CommandContext context;

    CommandErrorHandler(CommandContext context) {
        this.context = context;
    }

    /** Runs a command. Printing help is not part of any command, so its write failures are handled here. */
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
            console.error(String.valueOf(failure.getMessage()), failure.advice());
            return failure.exitCode();
        }
        if (e instanceof Stdout.WriteFailedException handleWriteFailure) {
            return handleWriteFailure(handleWriteFailure, console);
        }
        String advice = context.isVerbose() ? null : "This is unexpected; -v prints the stack trace.";
        console.error(e.getMessage() == null ? e.toString() : e.getMessage(), advice);
        if (context.isVerbose()) {
            StringWriter trace = new StringWriter();
            e.printStackTrace(new PrintWriter(trace));
            console.detail(trace.toString());
        }
        return ExitCodes.FAILED;
    }

    /** A closed pipe means that the reader wants no more output, so it is not reported as an error. */
    private static int handleWriteFailure(Stdout.WriteFailedException e, Console console) {
        if (e.isClosedPipe()) {
            return ExitCodes.CLOSED_PIPE;
        }
        console.error(String.valueOf(e.getMessage()), null);
        return ExitCodes.FAILED;
    }

    /** Returns a suggestion for a mistyped word; empty if no known word is similar. */
    private static String suggestion(CommandLine.ParameterException e) {
        if (!(e instanceof CommandLine.UnmatchedArgumentException unmatched)) {
            return "";
        }
        String word = unmatched.getUnmatched().get(0);
        CommandLine.Model.CommandSpec command = e.getCommandLine().getCommandSpec();
        return unmatched.isUnknownOption()
                ? SpellingSuggestion.didYouMean(
                        word.replaceFirst("=.*", ""), command.optionsMap().keySet())
                : SpellingSuggestion.didYouMean(word, command.subcommands().keySet());
    }

    @Override
    public int handleParseException(CommandLine.ParameterException e, String[] args) {
        String name = e.getCommandLine().getCommandSpec().qualifiedName();
        String help = "See ./%s --help.".formatted(name);
        context.console().error(String.valueOf(e.getMessage()), suggestion(e) + help);
        return ExitCodes.USAGE;
    }
}
