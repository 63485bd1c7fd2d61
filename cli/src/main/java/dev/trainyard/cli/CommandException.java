package dev.trainyard.cli;

/** A command did not do what was asked: what and why, what to do about it, and the exit status. */
public final class CommandException extends Exception {
    private final int exitCode;
    private final String advice;

    /** @param advice what to do; null where nothing can be said */
    public CommandException(int exitCode, String message, String advice) {
        super(message);
        this.exitCode = exitCode;
        this.advice = advice;
    }

    /** A word, file or value on the command line that cannot be used. */
    public static CommandException usage(String message, String advice) {
        return new CommandException(ExitCodes.USAGE, message, advice);
    }

    public int exitCode() {
        return exitCode;
    }

    public String advice() {
        return advice;
    }

    /** The same with another advice. */
    public CommandException withAdvice(String other) {
        return new CommandException(exitCode, getMessage(), other);
    }
}
