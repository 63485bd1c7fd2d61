package dev.trainyard.cli.error;

/** A command failed: carries the error message, a hint and the exit status. */
public final class CommandException extends Exception {
    private final int exitCode;
    private final String advice;

    /** @param advice hint for the user; null for none */
    public CommandException(int exitCode, String message, String advice) {
        super(message);
        this.exitCode = exitCode;
        this.advice = advice;
    }

    /** An argument, file or value that cannot be used. */
    public static CommandException usage(String message, String advice) {
        return new CommandException(ExitCodes.USAGE, message, advice);
    }

    public int exitCode() {
        return exitCode;
    }

    public String advice() {
        return advice;
    }

    /** Returns a copy with another hint. */
    public CommandException withAdvice(String other) {
        return new CommandException(exitCode, getMessage(), other);
    }
}
