package dev.trainyard.cli;

import dev.trainyard.cli.terminal.Console;
import dev.trainyard.cli.terminal.Stdout;
import dev.trainyard.validation.SpellingSuggestion;
import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/** Where every failure of a command becomes words and an exit status. */
final class Failures
        implements CommandLine.IExecutionStrategy,
                CommandLine.IExecutionExceptionHandler,
                CommandLine.IParameterExceptionHandler {
    private final Session session;

    Failures(Session session) {
        this.session = session;
    }

    /** Runs a command; help that it prints is no command's, so its failures come here and not to a handler. */
    @Override
    public int execute(CommandLine.ParseResult parsed) {
        try {
            return new CommandLine.RunLast().execute(parsed);
        } catch (Stdout.Lost e) {
            return lost(e, session.console());
        }
    }

    @Override
    public int handleExecutionException(Exception e, CommandLine command, CommandLine.ParseResult parsed) {
        Console console = session.console();
        if (e instanceof CommandFailure failure) {
            console.error(failure.getMessage(), failure.advice());
            return failure.exitCode();
        }
        if (e instanceof Stdout.Lost lost) {
            return lost(lost, console);
        }
        String advice = session.isVerbose() ? null : "That should not happen; -v shows where it came from.";
        console.error(e.getMessage() == null ? e.toString() : e.getMessage(), advice);
        if (session.isVerbose()) {
            StringWriter trace = new StringWriter();
            e.printStackTrace(new PrintWriter(trace));
            console.detail(trace.toString());
        }
        return ExitCodes.FAILED;
    }

    /** Whoever stops reading wants no more, and so no words about it either. */
    private static int lost(Stdout.Lost e, Console console) {
        if (e.isClosedPipe()) {
            return ExitCodes.CLOSED_PIPE;
        }
        console.error(e.getMessage(), null);
        return ExitCodes.FAILED;
    }

    /** What somebody may have meant; empty where nothing is like it. */
    private static String guess(CommandLine.ParameterException e) {
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
        String help = "./%s --help says what can be written.".formatted(name);
        session.console().error(e.getMessage(), guess(e) + help);
        return ExitCodes.USAGE;
    }
}
