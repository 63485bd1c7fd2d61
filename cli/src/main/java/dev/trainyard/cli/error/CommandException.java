package dev.trainyard.cli.error;

import org.jspecify.annotations.Nullable;

/** A command failed: carries the error message, a hint and the exit status. */
public final class CommandException extends Exception {
    private final int exitCode;
    private final @Nullable String advice;

    /** @param advice hint for the user */
    public CommandException(int exitCode, @Nullable String message, @Nullable String advice) {
        super(message);
        this.exitCode = exitCode;
        this.advice = advice;
    }

    /** An argument, file or value that cannot be used. */
    public static CommandException usage(@Nullable String message, @Nullable String advice) {
        return new CommandException(ExitCodes.USAGE, message, advice);
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }

    public int exitCode() {
        return exitCode;
    }

    public @Nullable String advice() {
        return advice;
    }

    /** Returns a copy with another hint. */
    public CommandException withAdvice(@Nullable String other) {
        return new CommandException(exitCode, getMessage(), other);
    }
}
