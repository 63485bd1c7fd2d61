package dev.trainyard.standalone;

import dev.trainyard.settings.IntegerParser;
import dev.trainyard.standalone.platform.StartTimeoutException;
import dev.trainyard.validation.SpellingSuggestion;
import picocli.CommandLine;

/** Numbers, errors and exit statuses of all commands that start the platform on this machine. */
public final class LauncherCommands {
    private static final int FAILED = 1;
    private static final int USAGE = 2;
    /** The same status as in the client and timeout(1). */
    private static final int TIMEOUT = 124;

    private LauncherCommands() {}

    /** @param root the command that contains the others */
    public static CommandLine of(Object root) {
        CommandLine commands = new CommandLine(root);
        commands.registerConverter(int.class, LauncherCommands::number);
        commands.registerConverter(Integer.class, LauncherCommands::number);
        commands.registerConverter(long.class, LauncherCommands::longNumber);
        commands.setExecutionExceptionHandler((e, command, parsed) -> {
            error(command, e.getMessage() == null ? e.toString() : e.getMessage());
            return e instanceof StartTimeoutException ? TIMEOUT : FAILED;
        });
        commands.setParameterExceptionHandler(LauncherCommands::handleParameterError);
        return commands;
    }

    private static int number(String text) {
        try {
            return IntegerParser.parseInt(text);
        } catch (IllegalArgumentException e) {
            throw new CommandLine.TypeConversionException(e.getMessage());
        }
    }

    private static long longNumber(String text) {
        try {
            return IntegerParser.parseLong(text);
        } catch (IllegalArgumentException e) {
            throw new CommandLine.TypeConversionException(e.getMessage());
        }
    }

    /** Prints what is wrong with the arguments, a suggestion, and how to get help. */
    private static int handleParameterError(CommandLine.ParameterException e, String[] args) {
        CommandLine command = e.getCommandLine();
        error(command, String.valueOf(e.getMessage()));
        command.getErr()
                .println("hint: %sSee ./%s --help."
                        .formatted(suggestion(e), command.getCommandSpec().qualifiedName()));
        return USAGE;
    }

    private static String suggestion(CommandLine.ParameterException e) {
        if (e instanceof CommandLine.UnmatchedArgumentException unmatched && unmatched.isUnknownOption()) {
            String word = unmatched.getUnmatched().get(0).replaceFirst("=.*", "");
            return SpellingSuggestion.didYouMean(
                    word, e.getCommandLine().getCommandSpec().optionsMap().keySet());
        }
        return "";
    }

    private static void error(CommandLine command, String message) {
        command.getErr().println("error: " + message);
    }
}
