package dev.trainyard.cli;

import dev.trainyard.cli.terminal.Console;
import dev.trainyard.cli.terminal.Stdout;
import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/** Where every failure of a command becomes words and an exit status. */
final class Failures implements CommandLine.IExecutionExceptionHandler, CommandLine.IParameterExceptionHandler {
    private final Session session;

    Failures(Session session) {
        this.session = session;
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
    static int lost(Stdout.Lost e, Console console) {
        if (e.isClosedPipe()) {
            return ExitCodes.CLOSED_PIPE;
        }
        console.error(e.getMessage(), null);
        return ExitCodes.FAILED;
    }

    @Override
    public int handleParseException(CommandLine.ParameterException e, String[] args) {
        StringWriter suggestions = new StringWriter();
        CommandLine.UnmatchedArgumentException.printSuggestions(e, new PrintWriter(suggestions));
        String name = e.getCommandLine().getCommandSpec().qualifiedName();
        String help = "./%s --help says what can be written.".formatted(name);
        session.console()
                .error(e.getMessage(), (suggestions + help).replace(System.lineSeparator(), " "));
        return ExitCodes.USAGE;
    }
}
